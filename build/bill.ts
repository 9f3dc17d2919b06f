// Writes the list of what is in a release, for programs: a software bill of materials (CycloneDX 1.6).
import { Contrib, Enums, Models, Serialize, Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import parseLicence from "spdx-expression-parse";
import { license, name, version } from "../package.json";
import type { Part } from "./inventory.ts";

/** Throws when it is not as the standard wants it. The same parts give the same text: it has no time, and its number is made from what it says. */
export async function bill(parts: readonly Part[]): Promise<string> {
  const factory = new Contrib.License.Factories.LicenseFactory(parseLicence);
  const components = new Map(parts.map((part) => [part.key, componentOf(part, factory)]));
  const program = new Models.Component(Enums.ComponentType.Application, name, { version, bomRef: name });
  program.licenses.add(factory.makeFromString(license));
  for (const { key, needs } of parts) {
    const component = components.get(key);
    for (const needed of needs) dependOn(component, components.get(needed));
    // What is bundled is the program's, whoever asked for it first.
    dependOn(program, component);
  }
  const document = new Models.Bom({ components: new Models.ComponentRepository(components.values()) });
  document.metadata.component = program;
  document.serialNumber = `urn:uuid:${Bun.randomUUIDv5(textOf(document), "url")}`;
  const text = textOf(document);
  const problem = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (problem) throw new Error(`the bill of materials is not valid: ${JSON.stringify(problem)}`);
  return text;
}

function componentOf({ key, manifest, integrity, runtime }: Part, factory: LicenseFactory): Models.Component {
  const [group, short] = manifest.name.startsWith("@") ? manifest.name.split("/") : [undefined, manifest.name];
  const component = new Models.Component(runtime ? PLATFORM : LIBRARY, short ?? manifest.name, {
    ...(group && { group }),
    version: manifest.version,
    bomRef: `${key}@${manifest.version}`,
    purl: new PackageURL("npm", group, short ?? manifest.name, manifest.version, undefined, undefined).toString(),
  });
  if (manifest.license) component.licenses.add(factory.makeFromString(manifest.license));
  if (integrity) component.hashes.set(Enums.HashAlgorithm["SHA-512"], Buffer.from(integrity, "base64").toString("hex"));
  return component;
}

type LicenseFactory = Contrib.License.Factories.LicenseFactory;

const { Platform: PLATFORM, Library: LIBRARY } = Enums.ComponentType;

function dependOn(component: Models.Component | undefined, needed: Models.Component | undefined): void {
  if (component && needed) component.dependencies.add(needed.bomRef);
}

function textOf(document: Models.Bom): string {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(document, { sortLists: true, space: 2 })}\n`;
}
