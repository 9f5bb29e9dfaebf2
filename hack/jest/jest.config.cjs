// One configuration for every suite; a suite is a folder under test/, chosen on the command line.
/** @type {import('jest').Config} */
module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: [],
  transform: { '\\.[cm]?[tj]s$': '<rootDir>/hack/jest/esbuild-transformer.cjs' },
  // Packages that ship ES modules only; everything else in node_modules is loaded as it is.
  transformIgnorePatterns: [
    '/node_modules/(?!(@kubernetes/client-node|commander|fast-check|pure-rand|openid-client|oauth4webapi|jose|jsonpath-plus|socks-proxy-agent|agent-base)/)',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  errorOnDeprecated: true,
  // Ends what hangs. No test judges by time, and beside other load building a bundle alone takes more than jest's 5 s.
  testTimeout: 60_000,
  // A test that neither asserts nor waits for anything is a mistake; the setup file makes it fail.
  setupFilesAfterEnv: ['<rootDir>/hack/jest/setup.ts'],
};
