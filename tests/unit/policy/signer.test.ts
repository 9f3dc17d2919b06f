// What was signed is good where and for what it was signed, and no other way.
import { describe, expect, test } from "bun:test";
import { Signer } from "../../../src/policy/signer.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const signer = new Signer(key(1));
const signed = signer.sign("text", "ann");

test("what was signed opens in its context, also by another signer with the same key", () => {
  expect(signer.open(signed, "ann")).toBe("text");
  expect(new Signer(key(1)).open(signed, "ann")).toBe("text");
  for (const text of ["", "a.b.c", "."]) expect(signer.open(signer.sign(text))).toBe(text);
});

describe("nothing else opens", () => {
  const [, code = ""] = signed.split(".");
  const others: [string, string | undefined][] = [
    ["another context", signer.open(signed, "bob")],
    ["no context", signer.open(signed)],
    ["another key", new Signer(key(2)).open(signed, "ann")],
    ["another text", signer.open(`texu.${code}`, "ann")],
    ["a part of the context in the text", signer.open(`text","ann.${code}`)],
    ["a code cut short", signer.open(signed.slice(0, -1), "ann")],
    ["more after it", signer.open(`${signed}.`, "ann")],
    ["a text alone", signer.open("text", "ann")],
    ["nothing", signer.open("", "ann")],
    ["a dot", signer.open(".", "ann")],
  ];
  test.each(others)("%s", (_, opened) => {
    expect(opened).toBeUndefined();
  });
});
