package wording

import "kozamori/internal/watch"

// What is said of an authorisation, part of which was released before it was posted: no
// money came back, and none of that will be taken.
var (
	tAltFreed = sure{text{ja: "【お知らせ】引き落としの一部が取り消されました", en: "[Notice] Part of a debit was cancelled"},
		text{ja: "【お知らせ】引き落としの一部が取り消された可能性があります", en: "[Notice] Part of a debit may have been cancelled"}}
	tTitleFreed = sure{text{ja: "%sによる引き落としの一部が取り消されました", en: "Part of the debit by %s was cancelled"},
		text{ja: "%sによる引き落としの一部が取り消された可能性があります", en: "Part of the debit by %s may have been cancelled"}}
	tFreedOf = sure{text{ja: "確定前の%[1]sのうち%[2]sが取り消されました。", en: "%[2]s of %[1]s was cancelled before the debit was final."},
		text{ja: "確定前の%[1]sのうち%[2]sが取り消された可能性があります。", en: "%[2]s of %[1]s may have been cancelled before the debit was final."}}
	tFreedSome = sure{text{ja: "確定前に一部が取り消されました。", en: "Part of it was cancelled before it was final."},
		text{ja: "確定前に一部が取り消された可能性があります。", en: "Part of it may have been cancelled before it was final."}}
	tPartFreed = sure{text{ja: "%[1]s（うち%[2]sが取り消されました）", en: "%[1]s (of which %[2]s was cancelled)"},
		text{ja: "%[1]s（うち%[2]sが取り消された可能性があります）", en: "%[1]s (of which %[2]s may have been cancelled)"}}
	tPartFreedN = sure{text{ja: "%s（一部が取り消されました）", en: "%s (part of it was cancelled)"},
		text{ja: "%s（一部が取り消された可能性があります）", en: "%s (part of it may have been cancelled)"}}
	tCameFreed = sure{text{ja: "%[1]sが、確定前の%[2]sの取り消しを知らせました", en: "%[1]s cancelled %[2]s before the debit was final"},
		text{ja: "%[1]sが、確定前の%[2]sの取り消しを知らせました（別の引き落としの可能性があります）", en: "%[1]s told us that %[2]s was cancelled before the debit was final (it may be of another debit)"}}
	tCameFreedSome = sure{text{ja: "%sが、確定前の一部の取り消しを知らせました", en: "%s cancelled part of it before it was final"},
		text{ja: "%sが、確定前の一部の取り消しを知らせました（別の引き落としの可能性があります）", en: "%s told us that part of it was cancelled before it was final (it may be of another debit)"}}

	tHistFreed    = text{ja: "（ほかに%sは取り消されました）", en: " (another %s was cancelled)"}
	tHistFreedN   = text{ja: "（一部は取り消されました）", en: " (part of it was cancelled)"}
	tHistMayFree  = text{ja: "（うち%sは取り消された可能性があります）", en: " (%s may have been cancelled)"}
	tHistMayFreeN = text{ja: "（一部は取り消された可能性があります）", en: " (part of it may have been cancelled)"}
)

// What a debit was told to have done, in its own words: money came back, or what was not
// final yet was cancelled.
var (
	tBackDoneBy  = text{ja: "戻った", en: "come back"}
	tFreedDoneBy = text{ja: "取り消された", en: "been cancelled"}
	tBackStill   = text{ja: "戻って", en: "come back"}
	tFreedStill  = text{ja: "取り消されて", en: "been cancelled"}
)

// undoneBy is what was told of a debit of which less came back: that it did, or, if some of
// that was released while it was pending, that this was cancelled.
func undoneBy(was *watch.Shown) text { return pick(was.Freed > 0, tFreedDoneBy, tBackDoneBy) }

// orFreed is what is said of what came back of a debit, or, if some of that was released
// while it is pending, of that.
func orFreed(r *watch.Record, back, freed *sure) text {
	return pickSure(r.Freed > 0, freed, back).of(r)
}
