#include "rules/contact_details.h"
#include "rules/tally.h"
#include "rules/text.h"
#include "rules/wallet.h"

void ov_measure_contact(const OvText *text) {
    OvMeasure *measure = text->measure;
    OvTally wallets = {.first = {"", 0}};
    OvSlice telephone = {"", 0};
    guint tries = OV_WALLET_TRIES;
    for (guint i = 0; i < text->n_blocks; i++) {
        const OvBlock *block = &text->blocks[i];
        if (block->kind != OV_BLOCK_OWN)
            continue;
        OvSlice own = {text->text.data + block->start, block->end - block->start};
        OvSlice wallet;
        for (gsize at = 0; (wallet = ov_wallet_next(own, &at, &tries)).length > 0;)
            ov_tally(&wallets, wallet);
        if (telephone.length == 0)
            telephone = ov_contact_details_telephone(own);
    }
    ov_tally_set(measure, (OvTallyFacts){OV_FACT_BODY_WALLETS, OV_FACT_BODY_WALLET_TEXT}, &wallets);
    ov_facts_set_text(measure->facts, OV_FACT_BODY_TELEPHONE,
                      telephone.length > 0 ? telephone : OV_SLICE_LITERAL(""));
}
