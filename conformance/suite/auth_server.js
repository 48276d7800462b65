// Starts the authorising server that ships with the tests, with the library's host set to our server.
const Module = require('module');
const Pusher = require('pusher');
const express = require('express');

class RedirectedPusher extends Pusher {
  constructor({ cluster, ...options }) {
    super({ ...options, host: '127.0.0.1', port: process.env.PLAIN_PORT, useTLS: false });
  }
}
const ports = { 3000: process.env.AUTH_PORT, 3001: process.env.AUTH_EU_PORT };
const listen = express.application.listen;
express.application.listen = function (port, ...rest) {
  return listen.call(this, ports[port], ...rest);
};
const load = Module._load;
Module._load = (name, ...rest) => (name === 'pusher' ? RedirectedPusher : load(name, ...rest));

require(require('path').resolve('integration_tests_server/index.js'));
