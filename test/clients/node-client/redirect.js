'use strict';

/*
 * Loaded before the Node client, which has its host written down: requests to it are sent to CLIENT_API_URL, as a hosts file and a
 * proxy for TLS would do it.
 */
const http = require('node:http');
const https = require('node:https');

const production = 'api.us.jupiterone.io';
const { hostname, host, port } = new URL(process.env.CLIENT_API_URL);
const send = https.request;

https.request = (options, ...more) => {
  if (options.hostname !== production) return send(options, ...more);
  const elsewhere = { protocol: 'http:', hostname, host, port, agent: undefined, href: undefined };
  return http.request({ ...options, ...elsewhere }, ...more);
};
