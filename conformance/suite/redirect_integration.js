// The tests' helper, with free ports for the server that authorises and publishes.
const integration = require('node/integration');

module.exports = {
  ...integration,
  API_URL: `http://localhost:${process.env.AUTH_PORT}`,
  API_EU_URL: `http://localhost:${process.env.AUTH_EU_PORT}`,
};
