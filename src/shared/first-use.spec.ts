import { FirstUse } from './first-use';

describe('FirstUse', () => {
  it('is made once, for all who ask', async () => {
    const make = jest.fn(async () => ({}));
    const one = new FirstUse(make);
    expect(make).not.toHaveBeenCalled();
    const [first, second] = await Promise.all([one.get(), one.get()]);
    expect(second).toBe(first);
    expect(await one.get()).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is made anew after it could not be', async () => {
    const one = new FirstUse(
      jest
        .fn(async () => 'made')
        .mockImplementationOnce(() => Promise.reject(new Error('too many open files'))),
    );
    await expect(Promise.all([one.get(), one.get()])).rejects.toThrow('too many open files');
    expect(await one.get()).toBe('made');
  });

  it('is ended only where it was made', async () => {
    const end = jest.fn();
    await new FirstUse(async () => 'never').close(end);
    const failed = new FirstUse(async () => {
      throw new Error('not to be had');
    });
    const asked = failed.get();
    await failed.close(end);
    await expect(asked).rejects.toThrow('not to be had');
    expect(end).not.toHaveBeenCalled();

    const made = new FirstUse(async () => 'made');
    await made.get();
    await made.close(end);
    expect(end).toHaveBeenCalledWith('made');
  });
});
