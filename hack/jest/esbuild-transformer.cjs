// Turns TypeScript and ESM into CommonJS for Jest; types are checked apart by tsc.
const { transformSync } = require('esbuild');

module.exports = {
  /** Jest's synchronous transform: source text of one file in, CommonJS with an inline source map out. */
  process(source, filename) {
    const { code } = transformSync(source, {
      loader: filename.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node24',
      sourcemap: 'inline',
      sourcefile: filename,
      define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    });
    return { code };
  },
};
