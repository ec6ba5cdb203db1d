// The certified oidc-provider for one test: argv = its folder, port, address of Remit, secret. One person, consent by form.
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
const [folder, port, remit, secret] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`).href);
const about = { email: 'nora@northlake.example', email_verified: true, name: 'Nora North', groups: ['Interns'] };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'remit', client_secret: secret, redirect_uris: [`${remit}/sign-on/callback`],
    post_logout_redirect_uris: [`${remit}/sign-in?out=1`], backchannel_logout_uri: `${remit}/sign-on/logout`,
    backchannel_logout_session_required: true,
  }],
  // a key of its own at each start: to start it again is to rotate its keys
  jwks: { keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own guard keeps it from this machine's addresses
  pkce: { required: () => true },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...about }) }),
});
provider.on('backchannel.error', (_ctx, error) => console.log('back channel:', error.message));
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
