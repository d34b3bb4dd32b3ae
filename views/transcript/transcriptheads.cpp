// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transcript/transcriptheads.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Kind = TranscriptLens::Event::Kind;

QString words(const char *text)
{
    return QCoreApplication::translate("TranscriptPanel", text);
}

QString speakerTitle(const TranscriptSpeaker &speaker)
{
    constexpr qsizetype shortId = 4;
    return speaker.name != speaker.id && speaker.id.size() <= shortId ? u"%1 · %2"_s.arg(speaker.name, speaker.id) : speaker.name;
}

QString metaOf(const Transcript &transcript, const TranscriptEntry &entry, const TranscriptLook &look)
{
    QStringList meta;
    if (entry.time)
        meta.append(timeText(*entry.time, look.zone).mid(11));
    if (const QString tokens = tokensText(entry); !tokens.isEmpty())
        meta.append(tokens);
    if (entry.latencyMs)
        meta.append(durationText(*entry.latencyMs));
    for (std::size_t i = 0; i < entry.scores.size(); ++i) {
        if (entry.scores[i])
            meta.append(u"%1 %2"_s.arg(transcript.scoreTitles.value(static_cast<qsizetype>(i)).section(u' ', 0, 0), QLocale().toString(*entry.scores[i], 'g', 4)));
    }
    return meta.join(u" · "_s);
}

QString tipOf(const Transcript &transcript, const TranscriptEntry &entry, const TranscriptLook &look)
{
    QStringList lines;
    if (entry.time)
        lines.append(timeText(*entry.time, look.zone));
    if (!entry.model.isEmpty())
        lines.append(entry.model);
    if (entry.tokensIn || entry.tokensOut)
        lines.append(words("%1 tokens in, %2 out").arg(QLocale().toString(entry.tokensIn.value_or(0), 'f', 0), QLocale().toString(entry.tokensOut.value_or(0), 'f', 0)));
    for (std::size_t i = 0; i < entry.scores.size(); ++i) {
        if (entry.scores[i])
            lines.append(u"%1: %2"_s.arg(transcript.scoreTitles.value(static_cast<qsizetype>(i)), QLocale().toString(*entry.scores[i], 'g', 6)));
    }
    return lines.join(u'\n');
}

/// Longer than this nothing was said, where things were said at a pace of its own: many times the usual pause, and a minute at least.
std::int64_t gapAfter(const Transcript &transcript)
{
    constexpr std::int64_t shortest = 60'000'000;
    constexpr std::int64_t timesUsual = 8;
    std::vector<std::int64_t> pauses;
    std::optional<std::int64_t> last;
    for (const TranscriptEntry &entry : transcript.entries) {
        if (!entry.time || entry.isAsked)
            continue;
        if (last && *entry.time >= *last)
            pauses.push_back(*entry.time - *last);
        last = entry.time;
    }
    if (pauses.empty())
        return shortest;
    const auto middle = pauses.begin() + static_cast<std::ptrdiff_t>(pauses.size() / 2);
    std::ranges::nth_element(pauses, middle);
    return std::max(shortest, *middle * timesUsual);
}

QString gapText(std::int64_t from, std::int64_t to, ShownZone zone)
{
    constexpr double msPerDay = 86'400'000;
    const double ms = static_cast<double>(std::abs(to - from)) / 1000;
    const QString pause = ms < 2 * msPerDay ? durationText(ms) : words("%1 days").arg(QLocale().toString(ms / msPerDay, 'f', 0));
    const QString text = to < from ? words("the clock goes back by %1").arg(pause) : words("%1 later").arg(pause);
    const QString day = timeText(to, zone).left(10);
    return day == timeText(from, zone).left(10) ? text : text + u" · "_s + day;
}

class Builder
{
public:
    Builder(const Transcript &transcript, const TranscriptLook &look) : m_transcript(transcript), m_look(look), m_gapAfter(gapAfter(transcript)) {}

    TranscriptHeads build()
    {
        m_withRoles = m_look.withRoles && hasRoles();
        addFacts(true);
        std::size_t chapter = 0;
        std::size_t event = 0;
        for (std::size_t i = 0; i < m_transcript.entries.size(); ++i) {
            if (const std::optional<std::int64_t> time = m_transcript.entries[i].time)
                addGap(*time);
            for (; chapter < m_transcript.chapters.size() && m_transcript.chapters[chapter].firstEntry <= static_cast<int>(i); ++chapter)
                addChapter(chapter);
            QStringList votes;
            for (; event < m_transcript.events.size() && m_transcript.events[event].beforeEntry <= static_cast<int>(i); ++event) {
                const TranscriptEvent &each = m_transcript.events[event];
                if (each.kind == Kind::Vote)
                    votes.append(each.title);
                else
                    addLine(each.title, each.kind == Kind::Chapter, each.kind == Kind::Elimination);
            }
            addEntry(static_cast<int>(i), votes.join(u" · "_s));
        }
        for (; chapter < m_transcript.chapters.size(); ++chapter)
            addChapter(chapter);
        if (m_transcript.isCut)
            addLine(words("Only the first %1 entries are shown.").arg(QLocale().toString(Transcript::maximum)), false, true);
        addFacts(false);
        drawRail();
        return std::move(m_out);
    }

private:
    QString roleOf(const TranscriptEntry &entry) const
    {
        const TranscriptSpeaker *speaker = entry.speaker < 0 ? nullptr : &m_transcript.speakers[static_cast<std::size_t>(entry.speaker)];
        return speaker != nullptr && !speaker->role.isEmpty() ? speaker->role : entry.role == (speaker == nullptr ? QString() : speaker->name) ? QString() : entry.role;
    }

    /// A role that several speakers all have tells nobody apart.
    bool hasRoles() const
    {
        if (m_transcript.speakers.size() < 2 || m_transcript.entries.empty())
            return true;
        const QString first = roleOf(m_transcript.entries.front());
        return std::ranges::any_of(m_transcript.entries, [&](const TranscriptEntry &entry) { return roleOf(entry) != first; });
    }

    void add(ReadingHead head, int meaning)
    {
        m_out.heads.push_back(std::move(head));
        m_out.meaning.push_back(meaning);
    }

    void addLine(const QString &title, bool isChapter, bool isBad)
    {
        ReadingHead head;
        head.kind = isChapter ? ReadingHead::Kind::Chapter : ReadingHead::Kind::Line;
        head.title = title;
        head.isBad = isBad;
        add(std::move(head), TranscriptHeads::none);
        m_lastSpeaker = -2;
    }

    void addChapter(std::size_t chapter)
    {
        const int first = m_transcript.chapters[chapter].firstEntry;
        const int next = chapter + 1 < m_transcript.chapters.size() ? m_transcript.chapters[chapter + 1].firstEntry : static_cast<int>(m_transcript.entries.size());
        addLine(m_transcript.chapters[chapter].title, true, false);
        if (next <= first)
            addLine(words("Nobody answered."), false, true);
    }

    void addFacts(bool isOpening)
    {
        if (!isOpening && std::any_of(m_transcript.facts.begin(), m_transcript.facts.end(), [](const TranscriptFact &fact) { return !fact.isOpening; }))
            addLine(words("The end"), true, false);
        for (std::size_t i = 0; i < m_transcript.facts.size(); ++i) {
            const TranscriptFact &fact = m_transcript.facts[i];
            if (fact.isOpening != isOpening)
                continue;
            ReadingHead head;
            head.title = fact.title.left(1).toUpper() + fact.title.mid(1);
            head.length = fact.text.size();
            head.start = fact.text.left(200);
            add(std::move(head), -1 - static_cast<int>(i));
        }
    }

    /// A line of its own where nothing was said for long.
    void addGap(std::int64_t time)
    {
        const std::int64_t from = std::exchange(m_lastTime, time).value_or(time);
        if (std::abs(time - from) < m_gapAfter)
            return;
        addLine(gapText(from, time, m_look.zone), false, time < from);
        m_out.heads.back().rail = ReadingHead::Rail::Gap;
    }

    /// From the first entry with a time to the last one.
    void drawRail()
    {
        using Rail = ReadingHead::Rail;
        const auto isMark = [](const ReadingHead &head) { return head.rail == Rail::Mark; };
        const auto first = std::ranges::find_if(m_out.heads, isMark);
        const auto last = std::find_if(m_out.heads.rbegin(), std::make_reverse_iterator(first), isMark).base();
        for (auto head = first; head < last; ++head) {
            if (head->rail == Rail::None)
                head->rail = Rail::Passes;
        }
    }

    void addEntry(int index, const QString &note)
    {
        const TranscriptEntry &entry = m_transcript.entries[static_cast<std::size_t>(index)];
        ReadingHead head;
        head.rail = entry.time && !entry.isAsked ? ReadingHead::Rail::Mark : ReadingHead::Rail::None;
        const TranscriptSpeaker *speaker = entry.speaker < 0 ? nullptr : &m_transcript.speakers[static_cast<std::size_t>(entry.speaker)];
        head.title = speaker == nullptr ? words("Entry %1").arg(index + 1) : speakerTitle(*speaker);
        head.colour = entry.speaker;
        head.chip = m_withRoles ? roleOf(entry) : QString();
        QStringList notes;
        if (!entry.phase.isEmpty() && entry.phase != m_lastPhase)
            notes.append(entry.phase.at(0).isDigit() ? words("round %1").arg(entry.phase) : entry.phase);
        if (!note.isEmpty())
            notes.append(note);
        head.note = notes.join(u" · "_s);
        m_lastPhase = entry.phase;
        head.meta = entry.isAsked ? QString() : metaOf(m_transcript, entry, m_look);
        head.tip = tipOf(m_transcript, entry, m_look);
        head.joins = entry.speaker >= 0 && entry.speaker == m_lastSpeaker;
        head.length = entry.length;
        head.start = entry.start;
        if (!entry.calls.empty())
            head.links.emplace_back(u"calls"_s, entry.calls.size() == 1 ? words("call") : words("%1 calls").arg(entry.calls.size()));
        m_lastSpeaker = entry.speaker;
        m_out.headOfEntry.push_back(static_cast<int>(m_out.heads.size()));
        add(std::move(head), index);
    }

    const Transcript &m_transcript;
    const TranscriptLook &m_look;
    TranscriptHeads m_out;
    const std::int64_t m_gapAfter;
    std::optional<std::int64_t> m_lastTime;
    int m_lastSpeaker = -2;
    QString m_lastPhase;
    bool m_withRoles = true;
};

} // namespace

QString tokensText(const TranscriptEntry &entry)
{
    const QLocale locale;
    if (entry.tokens)
        return words("%1 tokens").arg(locale.toString(*entry.tokens, 'f', 0));
    if (entry.tokensIn && entry.tokensOut)
        return words("%1 → %2 tokens").arg(locale.toString(*entry.tokensIn, 'f', 0), locale.toString(*entry.tokensOut, 'f', 0));
    const std::optional<double> one = entry.tokensOut ? entry.tokensOut : entry.tokensIn;
    return one ? words("%1 tokens").arg(locale.toString(*one, 'f', 0)) : QString();
}

TranscriptHeads transcriptHeads(const Transcript &transcript, const TranscriptLook &look)
{
    return Builder(transcript, look).build();
}

std::vector<ReadingPart> transcriptParts(const Transcript &transcript, int entry, const TranscriptBody &body, const TranscriptLook &look, const QString &format,
                                         const QRegularExpression &sections, const std::vector<TranscriptHit> &hits, qsizetype hitLength, const Tokens &tokens)
{
    std::vector<ReadingPart> parts;
    QColor hitGround = tokens.warn;
    hitGround.setAlphaF(0.35F);
    const auto found = std::ranges::equal_range(hits, entry, {}, &TranscriptHit::entry);
    const auto add = [&](const QString &title, const QString &text, const QString &textFormat, int hitPart) -> ReadingPart & {
        ReadingPart &part = parts.emplace_back();
        part.title = title;
        part.text = text;
        part.format = textFormat;
        part.isOpen = title.isEmpty() || look.areAsidesOpen;
        for (const TranscriptHit &hit : found) {
            if (hit.part != hitPart)
                continue;
            part.marks.push_back({hit.position, hitLength, hitGround, false, {}});
            part.isOpen = true;
        }
        return part;
    };
    // Found text is shown even where asides are not.
    const auto isShown = [&](int hitPart) { return look.withAsides || std::any_of(found.begin(), found.end(), [hitPart](const TranscriptHit &hit) { return hit.part == hitPart; }); };
    if (!body.thinking.isEmpty() && isShown(-2))
        add(words("Thinking"), body.thinking, {}, -2);
    for (int i = 0; i < static_cast<int>(body.asides.size()); ++i) {
        const QString &text = body.asides[i];
        if (!text.isEmpty() && text != u"null" && text != u"{}" && isShown(i)) {
            const QString title = transcript.asideTitles.value(i);
            add(title.left(1).toUpper() + title.mid(1), text, {}, i);
        }
    }
    ReadingPart &main = add({}, body.text, format, -1);
    constexpr qsizetype longestWithSections = 200'000;
    if (!sections.pattern().isEmpty() && body.text.size() < longestWithSections) {
        for (auto matches = sections.globalMatch(body.text); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            main.marks.push_back({match.capturedStart(), match.capturedLength(), {}, false, {}, true});
        }
    }
    for (const TranscriptCitation &citation : body.citations) {
        if (citation.start < 0)
            continue;
        QColor ground = !citation.verified ? tokens.muted : *citation.verified ? tokens.good : tokens.warn;
        ground.setAlphaF(0.18F);
        const QString state = !citation.verified ? words("Citation") : *citation.verified ? words("Verified citation") : words("Citation, not verified");
        main.marks.push_back({citation.start, citation.length, ground, true, citation.url.isEmpty() ? state : state + u'\n' + citation.url});
    }
    return parts;
}

} // namespace turnstone
