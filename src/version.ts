// The program's version: package.json's, put in by the build, and the commit that it was built from.
import { version as packageVersion } from "../package.json";

/** The build defines it; from source, and without git, there is none. */
declare const ARGUS_COMMIT: string;

export const VERSION: string = packageVersion;

/** The version, and the commit in brackets. */
export const BUILD: string =
  typeof ARGUS_COMMIT === "undefined" ? packageVersion : `${packageVersion} (${ARGUS_COMMIT})`;
