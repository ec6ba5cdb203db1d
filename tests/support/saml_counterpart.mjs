// npm samlp as an identity provider for one test: argv = its folder, port, address of Remit, folder with idp.key, idp.pem and
// sp.pem (Remit's own certificate, by which samlp checks what Remit signs). One person; what is not express is shimmed.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
const [folder, port, remit, keys] = process.argv.slice(2);
const take = createRequire(`${folder}/package.json`);
const samlp = take('samlp'), SessionParticipants = take('samlp/lib/sessionParticipants');
const [key, cert, signingCert] = ['idp.key', 'idp.pem', 'sp.pem'].map((name) => readFileSync(`${keys}/${name}`));
const base = `http://127.0.0.1:${port}`, issuer = `${base}/entity`, acs = `${remit}/sign-on/saml/acs`;
const claims = { email: 'nora@northlake.example', name: 'Nora North', groups: ['Interns', 'Football'] };
const profileMapper = () => ({
  getClaims: () => claims,
  getNameIdentifier: () => ({ nameIdentifier: 'sub-nora', nameIdentifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' }),
});
let rounds = 0;
const participants = [];
const sso = (signResponse) => samlp.auth({
  issuer, key, cert, signingCert: signingCert.toString(), profileMapper, signResponse, destination: acs, recipient: acs,
  getUserFromRequest: () => ({}), getPostURL: (_audience, _dom, _req, done) => done(null, acs), sessionIndex: `round-${++rounds}`,
});
const handlers = {
  '/assertion': () => sso(false),
  '/response': () => sso(true),
  '/logout': () => samlp.logout({
    issuer, key, cert, deflate: true, protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
    signatureAlgorithm: 'rsa-sha256', digestAlgorithm: 'sha256',
    sessionParticipants: new SessionParticipants(participants),
  }),
};
const session = {};
createServer((req, res) => {
  const url = new URL(req.url, base);
  Object.assign(req, { query: Object.fromEntries(url.searchParams), body: {}, originalUrl: req.url, session });
  res.set = (name, value) => res.setHeader(name, value);
  res.send = (...said) => { res.statusCode = typeof said[0] === 'number' ? said[0] : 200; res.end(String(said.at(-1))); };
  res.redirect = (to) => { res.writeHead(302, { location: to }); res.end(); };
  const fail = (error) => { res.statusCode = 500; res.end(String(error)); };
  if (url.pathname === '/join') { // a session of Remit that this provider shall end
    participants.push({
      serviceProviderId: `${remit}/sign-on/saml/metadata`, nameId: 'sub-nora', sessionIndex: url.searchParams.get('sid'),
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      serviceProviderLogoutURL: `${remit}/sign-on/saml/logout`, cert: signingCert.toString(),
    });
    return res.end('joined');
  }
  const handler = handlers[url.pathname];
  return handler ? handler()(req, res, fail) : fail('no such page');
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
