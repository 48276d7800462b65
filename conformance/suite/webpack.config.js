// The configuration that the client's own tests ship with, and two replaced modules.
const path = require('path');
const { merge } = require('webpack-merge');
const theirs = require(path.resolve('spec/config/jasmine/webpack.integration.js'));

module.exports = merge(theirs, {
  resolve: {
    alias: {
      pusher_integration: path.join(__dirname, 'redirect_pusher.js'),
      integration: path.join(__dirname, 'redirect_integration.js'),
    },
  },
  resolveLoader: { modules: [path.resolve('../node_modules')] },
});
