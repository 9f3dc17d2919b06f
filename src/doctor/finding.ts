// What a check has found.

export type State = "ok" | "warning" | "failed";

export interface Finding {
  state: State;
  /** What was looked at: configuration, secrets, program, files, server, backend or client. */
  area: string;
  message: string;
  /** What to do. */
  advice?: string;
}

export function ok(area: string, message: string): Finding {
  return { state: "ok", area, message };
}

export function warning(area: string, message: string, advice: string): Finding {
  return { state: "warning", area, message, advice };
}

export function failed(area: string, message: string, advice: string): Finding {
  return { state: "failed", area, message, advice };
}
