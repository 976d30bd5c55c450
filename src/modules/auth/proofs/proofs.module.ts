import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, webConfig } from '../../../config/slices';
import { DpopProofReader } from './dpop-proof-reader';
import { DpopProofs } from './dpop-proofs';
import { PgUsedProofStore } from './pg-used-proof.store';
import { ProofFreshness } from './proof-freshness';
import { ProofNonces } from './proof-nonces';
import { RequestSignatures } from './request-signatures';
import { UsedProofStore } from './used-proof.store';
import { UsedProofs } from './used-proofs';

/** Proof that whoever sends a request holds a key: DPoP and signed requests. */
@Module({
  imports: [ConfigModule.forFeature(keysConfig), ConfigModule.forFeature(webConfig)],
  providers: [
    DpopProofReader,
    DpopProofs,
    ProofFreshness,
    ProofNonces,
    RequestSignatures,
    UsedProofs,
    { provide: UsedProofStore, useClass: PgUsedProofStore },
  ],
  exports: [DpopProofs, RequestSignatures],
})
export class ProofsModule {}
