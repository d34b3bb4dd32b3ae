// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/lenses/lenssource.h"

#include <QRegularExpression>

#include <functional>
#include <optional>
#include <vector>

namespace turnstone {

/// A lens of kind `transcript` (resources/profiles/README.md) as types.
struct TranscriptLens
{
    QString id;
    QString title;
    QString table; ///< of the record that one opens
    LensSource chapters;
    LabelTemplate chapterTitle;

    LensSource entries;
    std::optional<FieldRef> speaker, text, asked, role, phase, thinking, time, tokens, tokensIn, tokensOut, latency, model;
    LabelTemplate name;
    QString askedBy;
    std::vector<FieldRef> asides;
    std::vector<FieldRef> scores;
    /// "markdown", "json", "text"; empty: as the text looks.
    QString format;

    /// Something that a text says happened: a new chapter ("Night 2"), a vote, an elimination.
    struct Event
    {
        enum class Kind { Chapter, Vote, Elimination, Note };
        FieldRef in;
        QRegularExpression pattern;
        Kind kind = Kind::Note;
        QString title; ///< with \1 for the pattern's groups
        /// Counts only where this stands too.
        std::optional<FieldRef> givenIn;
        QRegularExpression given;
    };
    std::vector<Event> events;

    LensSource roster;
    std::optional<FieldRef> rosterSpeaker, rosterName, rosterRole, rosterOutcome;
    LensSource calls;
    LensSource citations;
    std::optional<FieldRef> citationStart, citationEnd, citationText, citationUrl, citationVerified;
    std::vector<FieldRef> opening, ending;
    QRegularExpression sections;

    /// Errors: InvalidInput if the lens is none of this kind.
    [[nodiscard]] static Result<TranscriptLens> from(const Lens &lens);
};

struct TranscriptSpeaker
{
    QString id; ///< as stored
    QString name;
    QString role;
    QString outcome;
};

/// What an entry is, without its texts.
struct TranscriptEntry
{
    RowKey key;
    int chapter = -1;
    int speaker = -1;
    /// What the speaker was asked, as an entry before its own; both have the same key.
    bool isAsked = false;
    QString role;
    QString phase;
    QString model;
    QString start; ///< of the text
    qint64 length = 0;
    qint64 thinkingLength = 0;
    std::vector<qint64> asideLengths;
    std::optional<std::int64_t> time;
    std::optional<double> tokens, tokensIn, tokensOut, latencyMs;
    std::vector<std::optional<double>> scores;
    std::vector<RowKey> calls;
};

struct TranscriptChapter
{
    QString title;
    int firstEntry = 0;
};

/// Something between two entries.
struct TranscriptEvent
{
    TranscriptLens::Event::Kind kind = TranscriptLens::Event::Kind::Note;
    QString title;
    int beforeEntry = 0;
};

struct TranscriptFact
{
    QString title;
    QString text;
    bool isOpening = false;
};

/// A conversation without its texts: who, when, how long. 10,000 entries are a few megabytes; the texts come by readTranscriptBodies().
struct Transcript
{
    QString recordTitle;
    std::vector<TranscriptSpeaker> speakers;
    std::vector<TranscriptChapter> chapters;
    std::vector<TranscriptEntry> entries;
    std::vector<TranscriptEvent> events; ///< by beforeEntry
    std::vector<TranscriptFact> facts;   ///< opening and ending
    QStringList asideTitles;
    QStringList scoreTitles;
    QString entryTable;
    QString callTable;
    /// More than maximum entries.
    bool isCut = false;

    static constexpr int maximum = 200'000;
};

struct TranscriptCitation
{
    qsizetype start = -1; ///< UTF-16; -1: nowhere in the text
    qsizetype length = 0;
    QString text;
    QString url;
    std::optional<bool> verified;
};

/// The texts of one entry.
struct TranscriptBody
{
    QString text;
    QString thinking;
    QStringList asides; ///< as Transcript::asideTitles
    std::vector<TranscriptCitation> citations;
};

struct TranscriptHit
{
    int entry = 0;
    /// -1 the text, -2 the thinking, else an aside.
    int part = -1;
    qsizetype position = 0;
};

/// Reads one conversation. Keeps references to its arguments; every member blocks and runs in the connection's thread.
class TranscriptReader
{
public:
    TranscriptReader(LensScope scope, const TranscriptLens &lens) : m_scope(std::move(scope)), m_lens(lens) {}

    /// Errors: NotFound if there is no such record; those of the database.
    [[nodiscard]] Result<Transcript> read(const RowKey &record);
    /// The texts of some entries, in their order; empty ones for rows that are gone.
    [[nodiscard]] Result<std::vector<TranscriptBody>> bodies(const Transcript &transcript, const std::vector<int> &entries);
    /// Calls `take` for all entries in order, 64 at a time; false from it stops.
    [[nodiscard]] Result<> forEachBody(const Transcript &transcript, const std::function<bool(int entry, const TranscriptBody &body)> &take);
    /// Where `words` stand, without regard to case; at most `limit` hits.
    [[nodiscard]] Result<std::vector<TranscriptHit>> find(const Transcript &transcript, const QString &words, int limit = 10'000);
    /// The record whose transcript holds a row of the entries' table. Errors: NotFound.
    [[nodiscard]] Result<RowKey> recordOf(const RowKey &entry);

private:
    Result<> readRoster(const std::map<QString, Value> &owner, Transcript &transcript);
    Result<> readChapters(const std::map<QString, Value> &owner, std::map<QString, int> &byKey, Transcript &transcript);
    Result<> readEntries(const std::map<QString, Value> &owner, const std::map<QString, int> &chapters, Transcript &transcript);
    Result<> readEvents(const std::map<QString, Value> &owner, Transcript &transcript);
    Result<> readCalls(const std::map<QString, Value> &owner, Transcript &transcript);
    Result<> readFacts(const RowKey &record, Transcript &transcript);
    Result<> readCitations(const std::map<QString, std::size_t> &wanted, const std::vector<RowKey> &keys, std::vector<TranscriptBody> &bodies);
    std::vector<const LensSource *> entrySources() const;
    int speakerOf(const QString &id, const QString &name, Transcript &transcript);

    const LensScope m_scope;
    const TranscriptLens &m_lens;
    std::map<QString, int> m_speakers;
};

/// The profile's transcripts, and those of them that a record of the table opens: its own, or the one it is an entry of.
std::vector<TranscriptLens> transcriptsOf(const ResolvedProfile &profile);
std::optional<TranscriptLens> transcriptFor(const ResolvedProfile &profile, const QString &table);

/// Where a cited text stands in a text; offsets count code points, as Python's do, and may be wrong or absent.
TranscriptCitation placedCitation(const QString &text, std::optional<qint64> start, std::optional<qint64> end, const QString &cited);
/// Of an object of objects: what all of them say alike ("reason: …"), one line each; the JSON itself if there is nothing of the kind.
QString commonFacts(const QString &json);
/// The whole conversation as Markdown: headings for chapters, speakers in bold. `withAsides` adds thinking and observations as quotes.
[[nodiscard]] Result<QString> transcriptMarkdown(TranscriptReader &reader, const Transcript &transcript, bool withRoles, bool withAsides);
QString keyOfRow(const RowKey &key);

} // namespace turnstone
