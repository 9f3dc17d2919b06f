// The documentation that is made from the source is what the source says now.
import { expect, test } from "bun:test";
import { documentation } from "../build/docs.ts";

test("bun run docs would change nothing", async () => {
  const files = await documentation();
  expect([...files.keys()]).toEqual(["README.md", "docs/api.md"]);
  for (const [path, text] of files) expect(await Bun.file(path).text()).toBe(text);
  expect(files.get("README.md")).toContain("| GET | `/backends/{name}` |");
  expect(files.get("README.md")).toContain("| `q` `ctrl+c` | Quit | Everywhere |");
});
