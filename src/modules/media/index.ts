export { pathOf } from './media.store';
