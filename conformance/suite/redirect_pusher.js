// The client under test, sent to our server: the tests name the hosted service's clusters.
const Pusher = require('core/pusher.js');

module.exports = class extends Pusher {
  constructor(key, options) {
    super(key, {
      ...options,
      wsHost: 'localhost',
      wsPort: Number(process.env.PLAIN_PORT),
      wssPort: Number(process.env.TLS_PORT),
    });
  }
};
