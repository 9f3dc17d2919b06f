// What can go wrong with a server, in one sentence for people.

/**
 * `lost`: the server is away or busy, and may come back by itself; `refused`: it is there, and trying again would change nothing;
 * `failed`: it is there, and could not do what was asked.
 */
export type FailureKind = "lost" | "refused" | "failed";

export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What the answer says when the management API refuses something. */
interface Refusal {
  error?: { code?: unknown; message?: unknown } | string | null;
}

/** The codes of errors of the operating system that people meet. */
const NETWORK: Readonly<Record<string, (host: string) => string>> = {
  ECONNREFUSED: (host) => `nothing listens on ${host}`,
  ConnectionRefused: (host) => `nothing listens on ${host}`,
  ENOTFOUND: (host) => `there is no host of this name: ${host}`,
  ECONNRESET: (host) => `${host} has closed the connection`,
  ETIMEDOUT: (host) => `${host} cannot be reached`,
  EHOSTUNREACH: (host) => `${host} cannot be reached`,
  ENETUNREACH: (host) => `${host} cannot be reached: no network leads there`,
};

/** The codes of TLS that people meet: trying again changes nothing. */
const TLS: readonly (readonly [code: RegExp, sentence: (host: string) => string])[] = [
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF)/,
    (host) =>
      `${host} has a certificate that this machine does not trust: start again with NODE_EXTRA_CA_CERTS=FILE, where FILE is that certificate, or its issuer's, as PEM`,
  ],
  [/ALTNAME_INVALID$/, (host) => `the certificate of ${host} is for another name: use the name that it was made for`],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, (host) => `the certificate of ${host} has expired, or is not valid yet`],
  [/^EPROTO$/, (host) => `${host} does not speak TLS: perhaps its URL begins with http://`],
];

/** What `fetch` has thrown. `seconds`: how long an answer may take. */
export function failureOf(thrown: unknown, url: URL, seconds: number): Failure {
  if (thrown instanceof Failure) return thrown;
  const { name, code, message } = thrown as { name?: string; code?: unknown; message?: string };
  if (name === "TimeoutError") return new Failure("lost", `${url.host} does not answer within ${seconds} s`);
  if (name === "AbortError") return new Failure("lost", `the request to ${url.host} was given up`);
  const tls = TLS.find(([pattern]) => pattern.test(String(code)));
  if (tls) return new Failure("refused", tls[1](url.host));
  const sentence = NETWORK[String(code)];
  return new Failure("lost", sentence ? sentence(url.host) : `${url.host} cannot be reached: ${message ?? thrown}`);
}

/** What an answer means that is no good one. `token`: whether one was sent. */
export function failureOfAnswer(response: Response, text: string, url: URL, token: boolean): Failure {
  const { status } = response;
  const error = errorIn(text);
  // A proxy answers for a server that is away.
  if (error === undefined)
    return status >= 500 ? new Failure("lost", unavailable(url, status)) : foreign(url, response);
  if (status === 401) return new Failure("refused", unauthorized(error, url, token));
  if (status === 403) return new Failure("refused", `${url.host} does not serve us: ${error}`);
  if (status === 404 && /server\.management\.enabled/.test(error))
    return new Failure("refused", `${url.host}: ${error}`);
  if (status === 404 && /^no such path/.test(error)) {
    const wanted = url.pathname.replace(/^.*(?=\/manage\/v1)/, "");
    return new Failure("refused", `the Argus server on ${url.host} is another version: it has no ${wanted}`);
  }
  return new Failure("failed", error);
}

/** What is no answer of the management API, though it is a good one of something. */
export function foreign(url: URL, response: Response): Failure {
  const type = response.headers.get("content-type")?.split(";", 1)[0] || "nothing";
  return new Failure(
    "refused",
    `that is no Argus server: ${url.host} answers with HTTP ${response.status} and ${type}`,
  );
}

/** The sentence of the management API, or of an action that has failed. */
function errorIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as Refusal;
    const message = typeof error === "string" ? error : error?.message;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function unavailable(url: URL, status: number): string {
  return `${url.host} answers with HTTP ${status}`;
}

function unauthorized(reason: string, url: URL, token: boolean): string {
  if (reason.startsWith("no token is configured")) return `${url.host} does not serve us: ${reason}`;
  const give = "give --token, set ARGUS_MGMT_TOKEN, or add it to the server's entry";
  if (token) return `the token is wrong: ${url.host} does not accept it; for another, ${give}`;
  return `${url.host} wants a token: ${give}`;
}
