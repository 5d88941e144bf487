// calls.js DIRECTORY PORT < CALLS > ANSWERS
//
// Makes calls with the official client of DIRECTORY/node_modules, at eu.api.ovh.com for what it
// knows: connections lead to PORT of loopback. It trusts NODE_EXTRA_CA_CERTS. Calls are a JSON list of
// {"client": {…its parameters}, "method", "path", "params"}; answers a list of {"ok": VALUE} or
// {"error": …, "message": …}, one after the other in the same order.
'use strict';
const fs = require('fs');
const https = require('https');
const tls = require('tls');
const [directory, port] = process.argv.slice(2);
const ovh = require(`${directory}/node_modules/@ovhcloud/node-ovh`);

https.globalAgent.createConnection = (options) =>
    tls.connect({ ...options, host: '127.0.0.1', port: Number(port), servername: options.host });

async function main() {
    const clients = new Map();
    const answers = [];
    for (const call of JSON.parse(fs.readFileSync(0, 'utf8'))) {
        const key = JSON.stringify(call.client);
        if (!clients.has(key)) {
            clients.set(key, ovh(call.client));
        }
        try {
            const value = await clients.get(key).requestPromised(call.method, call.path, call.params);
            answers.push({ ok: value === undefined ? null : value });
        } catch (trouble) {
            answers.push({ error: trouble.error, message: trouble.message });
        }
    }
    process.stdout.write(JSON.stringify(answers));
}

main();
