// The program's version: package.json's, put in by the build.
import { version as packageVersion } from "../package.json";

export const VERSION: string = packageVersion;
