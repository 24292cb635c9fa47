/** A request that nobody holds is collected, and its signal is then never told that it is over: this holds it until then. */
export const held = async <T>(request: Request, work: () => Promise<T>): Promise<T> => {
  requests.add(request);
  try {
    return await work();
  } finally {
    requests.delete(request);
  }
};

const requests = new Set<Request>();
