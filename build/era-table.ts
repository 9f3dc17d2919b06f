// Any client with any server as a table for the documentation, from the matrix that the tests run.
import { dependencies, devDependencies } from "../package.json";
import {
  type Backend,
  backends,
  type Client,
  clients,
  differences,
  exceptions,
  features,
} from "../tests/e2e/eras/matrix/cells.ts";

const V2 = `SDK ${dependencies["@modelcontextprotocol/client"]}`;

const CLIENTS: Record<Client, string> = {
  v1: `SDK ${devDependencies["@modelcontextprotocol/sdk"]}, legacy`,
  v2: `${V2}, legacy`,
  modern: `${V2}, modern`,
};

const BACKENDS: Record<Backend, string> = {
  "legacy-stdio": "legacy, stdio",
  "legacy-http": "legacy, HTTP",
  "legacy-sse": "legacy, SSE",
  "modern-stdio": "modern, stdio",
  "modern-http": "modern, HTTP",
};

/** A line for each client and a column for each backend, and what is not alike in all of it. */
export function eraTable(): string {
  const head = `| client \\ server | ${backends.map((backend) => BACKENDS[backend]).join(" | ")} |`;
  const line = `| --- |${" --- |".repeat(backends.length)}`;
  const rows = clients.map((client) => `| ${CLIENTS[client]} | ${backends.map(cell).join(" | ")} |`);
  return [
    [head, line, ...rows].join("\n"),
    `All: ${features.join(", ")}.`,
    [
      ...exceptions.map(
        ({ feature, config, reason }, index) => `- ${mark(index)} ${feature} with ${settings(config)}: ${reason}.`,
      ),
      ...differences.map(({ features: some, text }) => `- ${some.join(", ")}: ${text}.`),
    ].join("\n"),
  ].join("\n\n");
}

function cell(backend: Backend): string {
  const marks = exceptions.flatMap((exception, index) => (exception.backends.includes(backend) ? [mark(index)] : []));
  return ["all", ...marks].join(" ");
}

const mark = (index: number): string => `(${index + 1})`;

const settings = (config: object): string =>
  Object.entries(config)
    .map(([key, value]) => `\`${key}: ${value}\``)
    .join(", ");
