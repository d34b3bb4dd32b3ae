// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/transcript.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

TranscriptLens::Event::Kind eventKind(const QString &word)
{
    using Kind = TranscriptLens::Event::Kind;
    return word == u"chapter" ? Kind::Chapter : word == u"vote" ? Kind::Vote : word == u"elimination" ? Kind::Elimination : Kind::Note;
}

void readEntryParts(const QJsonObject &entries, TranscriptLens &lens)
{
    lens.entries = LensSource::from(entries);
    lens.speaker = lensField(entries, u"speaker"_s);
    lens.text = lensField(entries, u"text"_s);
    lens.asked = lensField(entries, u"asked"_s);
    lens.askedBy = entries.value(u"askedBy"_s).toString();
    lens.role = lensField(entries, u"role"_s);
    lens.phase = lensField(entries, u"phase"_s);
    lens.thinking = lensField(entries, u"thinking"_s);
    lens.time = lensField(entries, u"time"_s);
    lens.tokens = lensField(entries, u"tokens"_s);
    lens.tokensIn = lensField(entries, u"tokensIn"_s);
    lens.tokensOut = lensField(entries, u"tokensOut"_s);
    lens.latency = lensField(entries, u"latency"_s);
    lens.model = lensField(entries, u"model"_s);
    lens.name = lensTemplate(entries, u"name"_s);
    lens.asides = lensFields(entries, u"aside"_s);
    lens.scores = lensFields(entries, u"scores"_s);
    lens.format = entries.value(u"format"_s).toString();
    for (const QJsonValue &value : entries.value(u"events"_s).toArray()) {
        const QJsonObject event = value.toObject();
        const std::optional<FieldRef> in = lensField(event, u"in"_s);
        const QRegularExpression pattern(event.value(u"pattern"_s).toString());
        const QJsonObject given = event.value(u"given"_s).toObject();
        if (in && pattern.isValid()) {
            lens.events.push_back({*in, pattern, eventKind(event.value(u"is"_s).toString()), event.value(u"title"_s).toString(), lensField(given, u"in"_s),
                                   QRegularExpression(given.value(u"pattern"_s).toString())});
        }
    }
}

} // namespace

Result<TranscriptLens> TranscriptLens::from(const Lens &from)
{
    TranscriptLens lens;
    lens.id = from.id;
    lens.title = from.title;
    lens.table = from.table;
    const QJsonObject &parts = from.parts;
    readEntryParts(parts.value(u"entries"_s).toObject(), lens);
    if (from.kind != u"transcript" || lens.entries.isEmpty() || !lens.text)
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("Lenses", "The lens \"%1\" is no transcript.").arg(from.title));
    const QJsonObject chapters = parts.value(u"chapters"_s).toObject();
    lens.chapters = LensSource::from(chapters);
    lens.chapterTitle = lensTemplate(chapters, u"title"_s);
    const QJsonObject roster = parts.value(u"roster"_s).toObject();
    lens.roster = LensSource::from(roster);
    lens.rosterSpeaker = lensField(roster, u"speaker"_s);
    lens.rosterName = lensField(roster, u"name"_s);
    lens.rosterRole = lensField(roster, u"role"_s);
    lens.rosterOutcome = lensField(roster, u"outcome"_s);
    lens.calls = LensSource::from(parts.value(u"calls"_s).toObject());
    const QJsonObject citations = parts.value(u"citations"_s).toObject();
    lens.citations = LensSource::from(citations);
    lens.citationStart = lensField(citations, u"start"_s);
    lens.citationEnd = lensField(citations, u"end"_s);
    lens.citationText = lensField(citations, u"text"_s);
    lens.citationUrl = lensField(citations, u"url"_s);
    lens.citationVerified = lensField(citations, u"verified"_s);
    lens.opening = lensFields(parts, u"opening"_s);
    lens.ending = lensFields(parts, u"ending"_s);
    lens.sections = QRegularExpression(parts.value(u"sections"_s).toString(), QRegularExpression::MultilineOption);
    return lens;
}

std::vector<TranscriptLens> transcriptsOf(const ResolvedProfile &profile)
{
    std::vector<TranscriptLens> all;
    for (const Lens &lens : profile.lenses) {
        if (lens.kind != u"transcript")
            continue;
        if (Result<TranscriptLens> read = TranscriptLens::from(lens))
            all.push_back(std::move(*read));
    }
    return all;
}

std::optional<TranscriptLens> transcriptFor(const ResolvedProfile &profile, const QString &table)
{
    const std::vector<TranscriptLens> all = transcriptsOf(profile);
    auto found = std::ranges::find(all, table, &TranscriptLens::table);
    if (found == all.end())
        found = std::ranges::find_if(all, [&](const TranscriptLens &lens) { return lens.entries.table == table && !lens.entries.via; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

TranscriptCitation placedCitation(const QString &text, std::optional<qint64> start, std::optional<qint64> end, const QString &cited)
{
    TranscriptCitation citation;
    citation.text = cited;
    if (start && end && *start >= 0 && *end > *start) {
        qsizetype from = -1;
        qsizetype to = -1;
        qint64 points = 0;
        for (qsizetype i = 0; i <= text.size(); ++i) {
            if (points == *start && from < 0)
                from = i;
            if (points == *end) {
                to = i;
                break;
            }
            if (i < text.size() && text[i].isHighSurrogate() && i + 1 < text.size())
                ++i;
            ++points;
        }
        if (from >= 0 && to > from && (cited.isEmpty() || text.mid(from, to - from).trimmed() == cited.trimmed())) {
            citation.start = from;
            citation.length = to - from;
            return citation;
        }
    }
    // The offsets do not hold the words: a text that was changed later, or offsets into something else.
    citation.start = cited.isEmpty() ? -1 : text.indexOf(cited);
    citation.length = citation.start < 0 ? 0 : cited.size();
    return citation;
}

} // namespace turnstone
