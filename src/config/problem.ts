// What is wrong with a configuration: every problem with its place, all at once.
import { GatewayError } from "../errors.ts";

export type Path = readonly (string | number)[];

export interface Problem {
  path: Path;
  message: string;
}

export class ConfigError extends GatewayError {
  /** `lines` are ready to print, each `file:line:column: path: message`. */
  constructor(readonly lines: readonly string[]) {
    super("config", lines.join("\n"));
  }
}
