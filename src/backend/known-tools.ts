// What a modern backend's tools want of those who call them, as of their last listing: headers, and results that legacy clients can take.
import { describe } from "../errors.ts";
import type { JsonObject, Message } from "../model.ts";
import { isObject } from "../protocol/message.ts";
import { textOf } from "../protocol/names.ts";
import { type ParamHeader, paramHeaders, validParamHeaders } from "../protocol/param-headers.ts";
import { isWrapped } from "../protocol/translate.ts";

/** More than any server lists. */
const MOST = 10_000;

const NONE: readonly ParamHeader[] = [];

export class KnownTools {
  readonly #headers = new Map<string, readonly ParamHeader[]>();
  readonly #wrapped = new Set<string>();

  /** Takes a page of the list of tools. */
  note({ body: { result } }: Message): void {
    const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
    for (const tool of tools.filter(isObject)) this.#noteOne(textOf(tool.name), tool);
  }

  /** The parameters of a tool that go into headers too. */
  headersOf(name: string): readonly ParamHeader[] {
    return this.#headers.get(name) ?? NONE;
  }

  /** Whether legacy clients know the tool by a schema that its results do not fit as they are. */
  isWrapped(name: string): boolean {
    return this.#wrapped.has(name);
  }

  #noteOne(name: string, tool: JsonObject): void {
    const headers = validParamHeaders(tool.inputSchema);
    this.#headers.delete(name);
    if (headers.length > 0) this.#headers.set(name, headers);
    this.#wrapped.delete(name);
    if (isWrapped(tool)) this.#wrapped.add(name);
    forgetOldest(this.#headers);
    forgetOldest(this.#wrapped);
  }
}

/** Of tools that are listed no more nobody tells. */
function forgetOldest(known: Map<string, unknown> | Set<string>): void {
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}

/** Says what is wrong with the headers that a tool asks for, which makes it unusable over HTTP (2026-07-28, Transports, Custom Headers). */
export function headerProblem({ inputSchema }: JsonObject): string | undefined {
  try {
    paramHeaders(inputSchema);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}
