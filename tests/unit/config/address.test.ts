// Where a server listens, as a configuration tells it to somebody who cannot read all of it.
import { expect, test } from "bun:test";
import { addressIn, DEFAULT_ADDRESS } from "../../../src/config/address.ts";

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
  expect(addressIn(text, {})).toEqual({ host: "0.0.0.0", port: 9100, tls: true });
  expect(addressIn("server: { tls: null }", {}).tls).toBe(false);
});

test("variables count as they do for the server", () => {
  const text = `server: { host: '\${HOST:-::1}', port: '\${PORT}' }`;
  expect(addressIn(text, { PORT: "9200" })).toEqual({ host: "::1", port: 9200, tls: false });
});

test("what is wrong elsewhere does not matter", () => {
  const text = `backends: { a: { url: '\${UNSET}', headers: { x: secret:locked } } }\nserver: { prot: 1, port: 9300 }\nx: [`;
  expect(addressIn(text, {}).port).toBe(9300);
});
