// Reads the certificate and the key that server.tls names, and finds what is wrong with them before anything listens.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe } from "../errors.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";

export type Tls = NonNullable<Config["server"]["tls"]>;

/** Gives the contents of the files, so that renewed ones make another configuration; what is wrong is added to the problems. */
export async function readTls(files: Tls, problems: Problem[]): Promise<Tls> {
  const report = (name: keyof Tls, message: string) => problems.push({ path: ["server", "tls", name], message });
  const read = async (name: keyof Tls) => {
    try {
      return await Bun.file(files[name]).text();
    } catch (error) {
      report(name, `${files[name]} cannot be read: ${describe(error)}`);
      return "";
    }
  };
  const tls = { cert: await read("cert"), key: await read("key") };
  if (problems.length > 0) return tls;
  const certificate = parsed(() => new X509Certificate(tls.cert));
  if (!certificate) report("cert", `${files.cert} holds no certificate in PEM`);
  const key = parsed(() => createPrivateKey(tls.key));
  if (!key) report("key", `${files.key} holds no private key in PEM, or one that is encrypted`);
  if (certificate && key) {
    if (!certificate.checkPrivateKey(key)) report("key", `${files.key} is not the key of ${files.cert}`);
    else await mustServe(tls).catch((error) => report("cert", `${files.cert} cannot be used: ${describe(error)}`));
  }
  return tls;
}

/** The library's own errors tell of its source code, not of the file. */
function parsed<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** Throws what a listener would: the chain behind the certificate counts as well. */
async function mustServe(tls: Tls): Promise<void> {
  const { createSecureContext } = await import("node:tls");
  createSecureContext(tls);
}
