// Where a server listens, as a configuration tells it to somebody who cannot read all of it.
import { expect, test } from "bun:test";
import { addressIn, DEFAULT_ADDRESS, originOf } from "../../../src/config/address.ts";

test.each([
  ["nothing", ""],
  ["no section", "version: '1'"],
  ["an empty section", "server:"],
  ["a section that is none", "server: yes"],
  ["no YAML", "server: [\n]: {"],
  ["an alias without an anchor", "server: *nowhere"],
])("%s: the default", (_, text) => {
  expect(addressIn(text, {})).toEqual(DEFAULT_ADDRESS);
});

test("host, port and TLS are read", () => {
  const text = "server: { host: 0.0.0.0, port: 9100, tls: { cert: a.pem, key: b.pem } }";
  expect(addressIn(text, {})).toEqual({ host: "0.0.0.0", port: 9100, tls: true, asksForToken: false });
  expect(addressIn("server: { tls: null }", {}).tls).toBe(false);
});

test("variables count as they do for the server", () => {
  const text = `server: { host: '\${HOST:-::1}', port: '\${PORT}' }`;
  expect(addressIn(text, { PORT: "9200" })).toMatchObject({ host: "::1", port: 9200, tls: false });
});

test("what is wrong elsewhere does not matter", () => {
  const text = `backends: { a: { url: '\${UNSET}', headers: { x: secret:locked } } }\nserver: { prot: 1, port: 9300 }\nx: [`;
  expect(addressIn(text, {}).port).toBe(9300);
});

test.each([
  [`\${PORT}`, "PORT is not set"],
  ["secret:port", "a secret is no address"],
  ["0", 'server.port is "0"'],
  ["high", 'server.port is "high"'],
])("a port that clients cannot use is said: %s", (port, message) => {
  expect(() => addressIn(`server: { port: '${port}' }`, {})).toThrow(message);
});

test("whether clients need a token is read", () => {
  expect(addressIn("incoming_auth: { type: oidc, issuer: '$ISSUER' }", {}).asksForToken).toBe(true);
  expect(addressIn("incoming_auth: { type: anonymous }", {}).asksForToken).toBe(false);
});

test.each([
  ["0.0.0.0", "http://127.0.0.1:9000/"],
  ["::", "http://127.0.0.1:9000/"],
  ["::1", "http://[::1]:9000/"],
  ["[::1]", "http://[::1]:9000/"],
  ["argus.example", "http://argus.example:9000/"],
])("somebody on the machine reaches %s at %s", (host, origin) => {
  expect(originOf({ ...DEFAULT_ADDRESS, host }).href).toBe(origin);
});
