// Takes secrets out of definitions that were found: the configuration gets references, and the values go where they are asked to.
import { isSensitive, secretsIn } from "../observe/sensitive.ts";
import type { Definition } from "./found.ts";
import { variable } from "./variables.ts";

/** Tokens that their issuers made easy to recognise, whatever the name beside them. */
const TOKEN =
  /\b(?:sk-[\w-]{16,}|gh[opsru]_\w{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+)/g;

/** A value that the configuration does not have any more. */
export interface Taken {
  /** The backend that needs it. */
  backend: string;
  /** What stands for it: the name of a secret or of a variable. */
  name: string;
  value: string;
}

/** Where values go: into the store of secrets, or into variables that somebody else sets. */
export type Place = "store" | "environment";

export class SecretTaker {
  readonly place: Place;
  /** Names that are in use already, with their values. */
  readonly #names: Map<string, string>;
  readonly taken: Taken[] = [];

  /** `known` are the secrets that the store has. */
  constructor(place: Place, known: ReadonlyMap<string, string>) {
    this.place = place;
    this.#names = new Map(known);
  }

  /** The definition with references in place of secrets. */
  without(backend: string, definition: Definition): Definition {
    const { args, env, headers, url, auth } = definition;
    const each = (texts: Record<string, string>) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, this.#text(backend, text, key)]));
    return {
      ...definition,
      ...(args && { args: this.#words(backend, args) }),
      ...(env && { env: each(env) }),
      ...(headers && { headers: each(headers) }),
      ...(url !== undefined && { url: this.#text(backend, url, "url") }),
      ...(auth?.client_secret !== undefined && {
        auth: { ...auth, client_secret: this.#text(backend, String(auth.client_secret), "client_secret") },
      }),
    };
  }

  /** An argument may be the value of the flag before it. */
  #words(backend: string, words: readonly string[]): string[] {
    return words.map((word, index) => {
      const flag = /^--?([\w-]+)$/.exec(words[index - 1] ?? "")?.[1] ?? "";
      // A header as mcp-remote and curl take it.
      const [, named = flag] = /^([\w-]+): */.exec(word) ?? /^-{0,2}([\w.-]+)=/.exec(word) ?? [];
      return this.#text(backend, word, isSensitive(named) ? named : flag);
    });
  }

  /** What has a reference already is somebody's decision. */
  #text(backend: string, text: string, key: string): string {
    if (text.includes("${")) return text;
    const value = text.replace(/^[\w-]+: */, "");
    const [secret] = [...secretsIn(value, key), ...secretsIn(text), ...(text.match(TOKEN) ?? [])]
      .filter((found) => found !== "" && text.includes(found))
      .sort((a, b) => a.length - b.length);
    if (secret === undefined) return text;
    const rest = text.split(secret);
    const name = this.#take(backend, key, secret);
    const alone = rest.every((part) => part === "" || part.endsWith(" "));
    const reference = this.place === "environment" ? `\${${name}:-}` : alone ? `secret:${name}` : `\${secret:${name}}`;
    return rest.join(reference);
  }

  #take(backend: string, key: string, value: string): string {
    const named = key || "secret";
    const wanted = this.place === "store" ? kebab(backend, named) : variable(nameOf(backend, named));
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted}${this.place === "store" ? "-" : "_"}${number}`;
      const known = this.#names.get(name);
      if (known !== undefined && known !== value) continue;
      this.#names.set(name, value);
      const again = this.taken.some((other) => other.backend === backend && other.name === name);
      if (!again) this.taken.push({ backend, name, value });
      return name;
    }
  }
}

/** A variable keeps its own name; what has a common one gets the backend's before it. */
function nameOf(backend: string, key: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(key) ? key : `${backend} ${key}`.toUpperCase();
}

function kebab(backend: string, key: string): string {
  const [owner, name] = [backend, key].map((text) => text.toLowerCase().replace(/[^a-z0-9.]+/g, "-"));
  return `${name}-`.startsWith(`${owner}-`) ? String(name) : `${owner}-${name}`;
}
