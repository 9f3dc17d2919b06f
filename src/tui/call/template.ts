// URI templates (RFC 6570), by the SDK, which is loaded for them alone.

export interface Template {
  readonly variables: readonly string[];
  /** The URI with these values. Throws where it would be none. */
  expand(values: Readonly<Record<string, string>>): string;
}

/** What a URI template wants. Throws where it is none. */
export async function templateOf(text: string): Promise<Template> {
  const { UriTemplate } = await import("@modelcontextprotocol/client");
  const template = new UriTemplate(text);
  return { variables: [...new Set(template.variableNames)], expand: (values) => template.expand({ ...values }) };
}
