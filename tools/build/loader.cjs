'use strict';
// dist/node_modules/.loader.js: Node's loading of a package's files, but for finding, reading and compiling each.
const Module = require('node:module');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');

/**
 * What loads the packages that are built in. A file is the same module for whoever asks, here or by Node's own
 * `require`: it stands in Node's cache under its own name.
 * @param {Record<string, [Function, string[], string[]]>} files by path from the root: what the file does, what it
 * requires, and the file that each of those is (in lists: thousands of objects with keys of their own cost megabytes)
 * @param {string[]} packages
 * @param {string[]} entries the file of each package
 */
module.exports = function loaderOf(files, packages, entries) {
  // spares a start thousands of joined paths
  const loaded = new Map();

  function load(file, parent) {
    const known = loaded.get(file) ?? loadFirst(file, parent);
    return known.exports;
  }

  function loadFirst(file, parent) {
    const filename = path.join(root, file);
    const nodes = require.cache[filename];
    if (nodes !== undefined) return nodes;
    const [run, requests, found] = files[file];
    const module = moduleOf(filename, parent);
    require.cache[filename] = module;
    loaded.set(file, module);
    try {
      run.call(
        module.exports,
        module.exports,
        requireOf(module, requests, found),
        module,
        filename,
        module.path,
      );
    } catch (error) {
      delete require.cache[filename];
      loaded.delete(file);
      throw error;
    }
    module.loaded = true;
    return module;
  }

  /** What was not found by the build, an expression for example, is asked of Node. */
  function requireOf(module, requests, found) {
    let own;
    const nodes = () => (own ??= Module.createRequire(module.filename));
    const from = (request) => {
      const index = requests.indexOf(request);
      return index === -1 ? nodes()(request) : load(found[index], module);
    };
    const { cache, main, extensions } = require;
    Object.assign(from, { cache, main, extensions });
    return Object.defineProperty(from, 'resolve', { get: () => nodes().resolve });
  }

  return requireOf(moduleOf(path.join(root, 'package.json')), packages, entries);
};

function moduleOf(filename, parent) {
  const module = new Module(filename, parent);
  module.filename = filename;
  module.paths = Module._nodeModulePaths(module.path);
  return module;
}
