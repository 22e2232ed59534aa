/** A style sheet as text; the build takes its spaces out. */
declare module "*.css" {
  const text: string;
  export default text;
}
