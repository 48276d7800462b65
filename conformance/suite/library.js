// The vendor's server library (every call) and client, both as published, against our server.
const assert = require('assert');
const http = require('http');
const Pusher = require('pusher');
const Client = require('pusher-js');

const app = {
  appId: process.env.INTEGRATION_TESTS_APP_MT1_APP_ID,
  key: process.env.INTEGRATION_TESTS_APP_MT1_KEY,
  secret: process.env.INTEGRATION_TESTS_APP_MT1_SECRET,
};
const server = new Pusher({
  ...app,
  host: '127.0.0.1',
  port: process.env.PLAIN_PORT,
  useTLS: false,
  encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString('base64'),
});
const clients = [];
const webhooks = [];
const unique = `${Date.now()}`;
let checks = 0;

function connect(user, { tls = true, watchlist = [] } = {}) {
  const client = new Client(app.key, {
    cluster: 'mt1',
    wsHost: 'localhost',
    wsPort: Number(process.env.PLAIN_PORT),
    wssPort: Number(process.env.TLS_PORT),
    forceTLS: tls,
    enabledTransports: ['ws', 'wss'],
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, done) => {
        const member = { user_id: user, user_info: { name: user } };
        const presence = channelName.startsWith('presence-') ? member : undefined;
        done(null, server.authorizeChannel(socketId, channelName, presence));
      },
    },
    userAuthentication: {
      customHandler: ({ socketId }, done) =>
        done(null, server.authenticateUser(socketId, { id: user, watchlist })),
    },
  });
  clients.push(client);
  return client;
}

function next(emitter, event, milliseconds = 15000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), milliseconds);
    emitter.bind(event, function once(value) {
      clearTimeout(timer);
      emitter.unbind(event, once);
      resolve(value);
    });
  });
}

async function subscribed(client, name) {
  const channel = client.subscribe(name);
  await next(channel, 'pusher:subscription_succeeded');
  return channel;
}

async function until(find, milliseconds = 15000) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`did not happen: ${find}`);
}

async function check(name, body) {
  await body();
  checks += 1;
  console.log(`  ${name}`);
}

async function main() {
  http
    .createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        // The first delivery is refused: what matters is that it comes again.
        response.statusCode = webhooks.length === 0 && !request.socket.server.refused ? 503 : 200;
        if (response.statusCode === 503) request.socket.server.refused = true;
        else webhooks.push(server.webhook({ headers: request.headers, rawBody: body }));
        response.end();
      });
    })
    .listen(Number(process.env.WEBHOOK_PORT), '127.0.0.1');

  const ann = connect('ann', { watchlist: ['bob', 'nobody'] });
  const bob = connect('bob', { tls: false });
  await Promise.all([next(ann.connection, 'connected'), next(bob.connection, 'connected')]);

  await check('trigger reaches the subscribers of several channels', async () => {
    const one = await subscribed(ann, `one-${unique}`);
    const two = await subscribed(bob, `private-two-${unique}`);
    const arrived = Promise.all([next(one, 'greeting'), next(two, 'greeting')]);
    await server.trigger([one.name, two.name], 'greeting', { text: 'Grüß dich' });
    assert.deepStrictEqual(await arrived, [{ text: 'Grüß dich' }, { text: 'Grüß dich' }]);
  });

  await check('trigger leaves out one connection and answers with attributes', async () => {
    const channel = `presence-left-out-${unique}`;
    const hers = await subscribed(ann, channel);
    const his = await subscribed(bob, channel);
    let mistaken = false;
    hers.bind('news', () => (mistaken = true));
    const arrived = next(his, 'news');
    const answer = await server.trigger(channel, 'news', {}, {
      socket_id: ann.connection.socket_id,
      info: 'user_count,subscription_count',
    });
    const told = await answer.json();
    assert.deepStrictEqual(told.channels[channel], { user_count: 2, subscription_count: 2 });
    await arrived;
    const after = next(hers, 'end');
    await server.trigger(channel, 'end', {});
    await after;
    assert.strictEqual(mistaken, false);
  });

  await check('triggerBatch', async () => {
    const channel = await subscribed(ann, `batch-${unique}`);
    const arrived = Promise.all([next(channel, 'first'), next(channel, 'second')]);
    await server.triggerBatch([
      { channel: channel.name, name: 'first', data: { n: 1 } },
      { channel: channel.name, name: 'second', data: { n: 2 } },
    ]);
    assert.deepStrictEqual(await arrived, [{ n: 1 }, { n: 2 }]);
  });

  await check('get: channels, one channel, users', async () => {
    const prefix = `presence-left-out-${unique}`;
    const all = await (await server.get({ path: '/channels', params: { filter_by_prefix: prefix, info: 'user_count' } })).json();
    assert.deepStrictEqual(all, { channels: { [prefix]: { user_count: 2 } } });
    const one = await (await server.get({ path: `/channels/${prefix}`, params: { info: 'user_count' } })).json();
    assert.deepStrictEqual(one, { occupied: true, user_count: 2 });
    const users = await (await server.get({ path: `/channels/${prefix}/users` })).json();
    assert.deepStrictEqual(users.users.map((user) => user.id).sort(), ['ann', 'bob']);
  });

  await check('refusals: unknown attribute use, too much data, a wrong secret', async () => {
    await assert.rejects(server.get({ path: '/channels', params: { info: 'user_count' } }), { status: 400 });
    await assert.rejects(server.get({ path: '/channels/public/users' }), { status: 400 });
    await assert.rejects(server.trigger('x', 'e', 'x'.repeat(10241)), { status: 413 });
    const stranger = new Pusher({ ...app, secret: 'wrong', host: '127.0.0.1', port: process.env.PLAIN_PORT, useTLS: false });
    await assert.rejects(stranger.trigger('x', 'e', {}), { status: 401 });
  });

  await check('presence: members, who comes, who goes', async () => {
    const name = `presence-room-${unique}`;
    const room = await subscribed(ann, name);
    const came = next(room, 'pusher:member_added');
    await subscribed(bob, name);
    assert.deepStrictEqual(await came, { id: 'bob', info: { name: 'bob' } });
    assert.strictEqual(room.members.count, 2);
    const went = next(room, 'pusher:member_removed');
    bob.unsubscribe(name);
    assert.strictEqual((await went).id, 'bob');
  });

  await check('client events say who sent them, and have a rate', async () => {
    const name = `presence-left-out-${unique}`;
    const received = [];
    bob.channel(name).bind('client-typing', (data, metadata) => received.push([data, metadata.user_id]));
    let refused = 0;
    ann.connection.bind('error', ({ data }) => (refused += data.code === 4301));
    for (let n = 0; n < 14; n += 1) ann.channel(name).trigger('client-typing', { n });
    await until(() => received.length >= 10 && refused >= 3);
    assert.deepStrictEqual(received[0], [{ n: 0 }, 'ann']);
    assert.strictEqual(received.length + refused, 14);
  });

  await check('encrypted channels', async () => {
    const carol = connect('carol');
    const name = `private-encrypted-${unique}`;
    const channel = await subscribed(carol, name);
    const plain = await subscribed(ann, `private-plain-${unique}`);
    const arrived = next(channel, 'secret');
    await server.trigger(name, 'secret', { for: 'carol' });
    assert.deepStrictEqual(await arrived, { for: 'carol' });
    assert.ok(plain.subscribed);
  });

  await check('cache channels give the last event, or say that there is none', async () => {
    const name = `cache-${unique}`;
    await next(ann.subscribe(name), 'pusher:cache_miss');
    await server.trigger(name, 'state', { now: 5 });
    const late = bob.subscribe(name);
    assert.deepStrictEqual(await next(late, 'state'), { now: 5 });
    const told = await (await server.get({ path: `/channels/${name}`, params: { info: 'cache' } })).json();
    assert.deepStrictEqual(JSON.parse(told.cache.data), { now: 5 });
  });

  await check('subscription counts', async () => {
    const name = `counted-${unique}`;
    const channel = await subscribed(ann, name);
    const two = until(() => channel.subscriptionCount === 2);
    await subscribed(bob, name);
    await two;
  });

  await check('sign-in, watchlist and sendToUser', async () => {
    const offline = next(ann.user.watchlist, 'offline');
    ann.signin();
    assert.deepStrictEqual((await offline).user_ids, ['bob', 'nobody']);
    const online = next(ann.user.watchlist, 'online');
    bob.signin();
    assert.deepStrictEqual((await online).user_ids, ['bob']);
    const arrived = next(bob.user, 'for-you');
    await server.sendToUser('bob', 'for-you', { n: 1 });
    assert.deepStrictEqual(await arrived, { n: 1 });
  });

  await check('terminateUserConnections', async () => {
    const gone = until(() => bob.connection.state !== 'connected');
    const offline = next(ann.user.watchlist, 'offline');
    await server.terminateUserConnections('bob');
    await gone;
    assert.deepStrictEqual((await offline).user_ids, ['bob']);
  });

  await check('an unknown key is refused for good', async () => {
    const lost = new Client('unknown', { cluster: 'mt1', wsHost: 'localhost', wsPort: Number(process.env.PLAIN_PORT), forceTLS: false, enabledTransports: ['ws'] });
    clients.push(lost);
    const error = await next(lost.connection, 'error');
    assert.strictEqual((error.data || error.error.data).code, 4001);
  });

  await check('webhooks are signed, repeated after a refusal, and tell what happened', async () => {
    ann.disconnect();
    const events = () => webhooks.flatMap((one) => one.getEvents());
    const told = (name, channel, user) =>
      events().some((one) => one.name === name && one.channel === channel && (!user || one.user_id === user));
    const left = `presence-left-out-${unique}`;
    await until(() => told('channel_vacated', left) && told('member_removed', left, 'ann'), 20000);
    assert.ok(webhooks.every((one) => one.isValid()));
    assert.ok(told('channel_occupied', left) && told('member_added', left, 'ann') && told('client_event', left, 'ann'));
    assert.ok(told('cache_miss', `cache-${unique}`) && told('subscription_count', `counted-${unique}`));
  });
}

main()
  .then(() => {
    console.log(`${checks} checks of the server library and the client passed`);
    process.exit(0);
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
