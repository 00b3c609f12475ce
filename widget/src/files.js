import { refusal } from './http.js';

const LIMIT = 10 * 1024 * 1024;
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/heic', 'image/heif', 'application/pdf'];

/** What the file dialogue offers. Endings too, because some systems know no type for HEIC. */
export const ACCEPT = `${TYPES.join()},.heic,.heif`;

/** @param {{type: string}} file */
export const isImage = (file) => file.type.startsWith('image/');

/** @param {number} bytes */
export const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/**
 * @param {File} file
 * @returns {string|undefined} the string that says why it cannot be sent
 */
export function objection(file) {
  if (!TYPES.includes(file.type) && !/\.hei[cf]$/i.test(file.name)) return 'badType';
  return file.size > LIMIT ? 'tooBig' : undefined;
}

/** Files to and from the server. What was shown once is not fetched again. */
export class Files {
  #urls = new Map();

  /** @param {import('./session.js').Session} session */
  constructor(session) { this.session = session; }

  /**
   * Sends a file; with XMLHttpRequest, because fetch tells no progress.
   * @param {File} file
   * @param {(share: number) => void} progress
   * @param {AbortSignal} signal
   * @returns {Promise<{upload: string, type: string, size: number, name: string}>}
   */
  async upload(file, progress, signal) {
    const token = await this.session.token();
    const done = await this.#post(file, token, progress, signal).catch(async (error) => {
      if (error.status !== 401) throw error;
      return this.#post(file, await this.session.renew(token), progress, signal);
    });
    this.#urls.set(done.upload, Promise.resolve(URL.createObjectURL(file)));
    return { ...done, name: file.name };
  }

  /**
   * @param {string} upload
   * @returns {Promise<string>} a blob: address of the bytes
   */
  url(upload) {
    if (!this.#urls.has(upload)) {
      const coming = this.session.fetch(`/v1/uploads/${upload}`, { timeout: 60000 }).then(URL.createObjectURL);
      coming.catch(() => this.#urls.delete(upload));
      this.#urls.set(upload, coming);
    }
    return this.#urls.get(upload);
  }

  /** Lets go of all bytes. */
  release() {
    for (const url of this.#urls.values()) url.then(URL.revokeObjectURL, () => {});
    this.#urls.clear();
  }

  #post(file, token, progress, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) throw refusal(0, '');
      const xhr = new XMLHttpRequest();
      const body = new FormData();
      body.append('file', file);
      xhr.open('POST', `${this.session.server}/v1/uploads`);
      xhr.setRequestHeader('Authorization', `Bearer ${token}`);
      xhr.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
      xhr.onload = () => {
        if (xhr.status === 201) resolve(JSON.parse(xhr.responseText));
        else reject(refusal(xhr.status, xhr.responseText));
      };
      xhr.onerror = xhr.onabort = xhr.ontimeout = () => reject(refusal(0, ''));
      signal.addEventListener('abort', () => xhr.abort());
      xhr.send(body);
    });
  }
}
