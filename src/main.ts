import 'reflect-metadata';
import { assertNodeVersion } from './config/node-version';

assertNodeVersion();
void import('./start').then(({ start }) => start());
