// The page for people: everything it needs comes from here.
import { expect, test } from "bun:test";
import { manage, programOf } from "../../fixtures/program.ts";

const { ask } = manage(programOf());

test("the page loads its own files only, which are there", async () => {
  const page = await ask("GET", "/docs");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, file]) => file);
  expect(files).toEqual(["docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"]);
  for (const file of files) expect((await ask("GET", `/${file}`)).status).toBe(200);
  expect(html).not.toMatch(/<script>|<style|style=| on\w+=|https?:/);
});

test.each([
  ["/docs/swagger-ui.css", "text/css; charset=utf-8", ".swagger-ui{"],
  ["/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "SwaggerUIBundle"],
  ["/docs/start.js", "text/javascript; charset=utf-8", '"openapi.json"'],
])("%s is what it should be", async (path, type, content) => {
  const response = await ask("GET", path);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await response.text()).toContain(content);
});

test("a browser is forbidden to load anything from outside", async () => {
  for (const path of ["/docs", "/docs/start.js"]) {
    const policy = (await ask("GET", path)).headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  }
});
