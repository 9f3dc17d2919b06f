// What requests of the modern era say of their sender, put in and taken out as text.
import { expect, test } from "bun:test";
import {
  envelopeOf,
  hasEnvelope,
  logLevelOf,
  modernCapabilities,
  withoutEnvelope,
  withoutTasksExtension,
} from "../../../src/protocol/envelope.ts";
import { parse, request, withMeta } from "../../../src/protocol/message.ts";

const envelope = envelopeOf({ capabilities: '{"roots":{}}', info: '{"name":"c","version":"1"}', level: "debug" });
const said = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "c", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { roots: {} },
  "io.modelcontextprotocol/logLevel": "debug",
};

test.each([
  ["no params", undefined, { _meta: said }],
  ["params", { name: "x" }, { name: "x", _meta: said }],
  ["metadata", { name: "x", _meta: { progressToken: 7 } }, { name: "x", _meta: { progressToken: 7, ...said } }],
  ["an envelope", { _meta: { "io.modelcontextprotocol/logLevel": "error" } }, { _meta: said }],
  ["metadata that is none", { name: "x", _meta: null }, { name: "x", _meta: said }],
])("a request with %s gets an envelope", (_, params, expected) => {
  const { text } = withMeta(request(1, "tools/call", params), envelope);
  expect(JSON.parse(text).params).toEqual(expected);
});

test("an envelope is known, read, and taken out, and nothing else is", () => {
  const message = parse(withMeta(request(1, "tools/call", { _meta: { traceparent: "t" }, n: 1 }), envelope).text);
  expect(hasEnvelope(message.body)).toBe(true);
  expect(logLevelOf(message)).toBe("debug");
  const plain = parse(withoutEnvelope(message).text);
  expect(plain.body.params).toEqual({ _meta: { traceparent: "t" }, n: 1 });
  expect(hasEnvelope(plain.body)).toBe(false);
  expect(logLevelOf(plain)).toBeUndefined();
});

test("with the envelope goes what asks for a legacy task", () => {
  const message = parse(withMeta(request(1, "tools/call", { name: "n", task: { ttl: 1 } }), envelope).text);
  expect(parse(withoutEnvelope(message).text).body.params).toEqual({ name: "n", _meta: {} });
});

test("who wants no log messages says nothing of a level", () => {
  expect(Object.keys(envelopeOf({ capabilities: "{}", info: "{}" }))).toHaveLength(3);
});

test("legacy capabilities become modern ones, without what was another thing then", () => {
  const extensions = { "io.modelcontextprotocol/tasks": {}, "io.modelcontextprotocol/ui": { mimeTypes: ["x"] } };
  const sampling = { tools: {} };
  const declared = { sampling, roots: { listChanged: true }, tasks: { list: {} }, extensions };
  expect(modernCapabilities(JSON.stringify(declared))).toBe(
    '{"sampling":{"tools":{}},"roots":{},"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["x"]}}}',
  );
  expect(modernCapabilities("{}")).toBe("{}");
  expect(withoutTasksExtension({ tools: {}, extensions, tasks: {} })).toEqual({
    ...{ tools: {}, tasks: {} },
    extensions: { "io.modelcontextprotocol/ui": { mimeTypes: ["x"] } },
  });
});
