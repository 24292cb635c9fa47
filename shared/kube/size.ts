/** As large as an object may become, by whatever number of writes: upstream's limit. */
export const maxObjectBytes = 1.5 * 1024 * 1024;
