// Notes the requests to the management API that change something: who asked, for what, and what came of it.
import type { Change } from "../observe/audit.ts";

export type Handle = (request: Request, peer: string | undefined) => Promise<Response>;

/** Tells `note` of every change that was asked for, unless the request could not show the token, which is noted already. */
export function audited(handle: Handle, note: (change: Change) => void): Handle {
  return async (request, peer) => {
    const wanted = changeOf(request);
    if (!wanted) return handle(request, peer);
    const start = performance.now();
    const response = await handle(request, peer);
    // Who guesses at the token would fill the disk.
    if (response.status === 401 || response.status === 429) return response;
    const latency = Math.round(performance.now() - start);
    for (const result of resultsOf(await response.clone().text()))
      note({ ...wanted, address: peer ?? null, latency, ...result });
    return response;
  };
}

/** The change that a request asks for, if it asks for one. */
function changeOf({ method, url }: Request): Change | undefined {
  const [what, name = null, ...more] = (URL.parse(url)?.pathname ?? "").split("/").slice(3);
  const asked = [method, what, ...(name === null ? [] : ["*"]), ...more].join(" ");
  if (asked === "POST reload") return { method: "reload" };
  if (asked === "POST shutdown") return { method: "shutdown" };
  if (asked === "POST reconnect *") return { method: "reconnect", backend: name };
  if (asked === "DELETE sessions *") return { method: "end_session", name };
  if (asked === "POST lock *" && name === "approve") return { method: "approve" };
  return undefined;
}

/** What the answers say, in one or the other of these. */
interface Answer {
  error?: { message: string } | string | null;
  errors?: string[];
  backend?: string;
  approved?: string[];
}

/** What came of it, a line for each tool; no answer is a good one. */
function resultsOf(text: string): Partial<Change>[] {
  const { error = null, errors = [], backend, approved = [] }: Answer = text === "" ? {} : JSON.parse(text);
  const said = typeof error === "object" ? (error?.message ?? null) : error;
  const result = { error: said ?? (errors.join("; ") || null), ...(backend !== undefined && { backend }) };
  return approved.length > 0 ? approved.map((name) => ({ ...result, name })) : [result];
}
