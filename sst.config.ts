/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app(input) {
    const { REGION, stagePolicy, tagsOf } = await import('./infra/stage');
    const { keepsData } = stagePolicy(input.stage);
    return {
      name: 'loopin',
      home: 'aws',
      removal: keepsData ? 'retain' : 'remove',
      protect: keepsData,
      providers: {
        aws: { region: REGION, defaultTags: { tags: tagsOf(input.stage) } },
        random: '4.16.6',
        'docker-build': '0.0.14',
      },
    };
  },
  async run() {
    const { build } = await import('./infra/main');
    return build();
  },
});
