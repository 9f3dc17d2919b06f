// The viewer's files as `with { type: "file" }` imports them: the path of what is embedded.
declare module "swagger-ui-dist/*" {
  const path: string;
  // biome-ignore lint/style/noDefaultExport: it is how such an import gives the path
  export default path;
}
