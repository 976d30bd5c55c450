import { DomainError } from '../../../shared/domain-error';

export class TemplateUnknown extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'template_unknown';
  readonly title = 'There is no template of that name';

  constructor() {
    super({ members: { errors: [{ path: 'content.template', message: 'is not a template' }] } });
  }
}
