// Installs SST's platform where it is missing: `tsc` needs its types for infra/, and synth its components.
import '../node-version.mjs';
import path from 'node:path';
import { ensurePlatform } from './platform.mts';

await ensurePlatform(path.resolve(import.meta.dirname, '../..'));
