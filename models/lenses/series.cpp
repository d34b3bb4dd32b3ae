// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/lenses/series.h"

#include <QJsonArray>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostPoints = 200'000;

/// Places of entries, by key and by time.
class Places
{
public:
    explicit Places(const Transcript &transcript)
    {
        for (std::size_t i = 0; i < transcript.entries.size(); ++i) {
            const TranscriptEntry &entry = transcript.entries[i];
            m_byKey[keyOfRow(entry.key)] = static_cast<int>(i);
            if (entry.time)
                m_byTime.emplace_back(*entry.time, static_cast<int>(i));
        }
        std::ranges::sort(m_byTime);
    }
    int byKey(const QString &key) const
    {
        const auto found = m_byKey.find(key);
        return found == m_byKey.end() ? -1 : found->second;
    }
    /// The last entry at or before that time.
    int byTime(std::int64_t time) const
    {
        auto after = std::ranges::upper_bound(m_byTime, time, {}, [](const auto &each) { return each.first; });
        return after == m_byTime.begin() ? (m_byTime.empty() ? -1 : m_byTime.front().second) : std::prev(after)->second;
    }

private:
    std::map<QString, int> m_byKey;
    std::vector<std::pair<std::int64_t, int>> m_byTime;
};

struct SeriesValue
{
    FieldRef field;
    QString title;
    std::optional<double> minimum, maximum;
    bool isHighGood = true;
};

std::vector<SeriesValue> valuesOf(const QJsonObject &points, const QString &table, const ResolvedProfile &profile)
{
    std::vector<SeriesValue> values;
    for (const QJsonValue &each : points.value(u"values"_s).toArray()) {
        const QJsonObject value = each.toObject();
        const std::optional<FieldRef> field = lensField(value, u"field"_s);
        if (!field)
            continue;
        const auto number = [&](const QString &name) { return value.contains(name) ? std::optional(value.value(name).toDouble()) : std::nullopt; };
        const QString title = value.value(u"title"_s).toString();
        values.push_back({*field, title.isEmpty() ? fieldTitle(*field, table, profile) : title, number(u"min"_s), number(u"max"_s), value.value(u"good"_s).toString() != u"low"});
    }
    return values;
}

Result<> readPoints(const LensScope &scope, const Lens &lens, const TranscriptLens &transcriptLens, const std::map<QString, Value> &owner, bool isOfChapters, const Places &places,
                    std::vector<Series> &all)
{
    const QJsonObject points = lens.parts.value(u"points"_s).toObject();
    const LensSource source = LensSource::from(points);
    const CatalogTable *table = scope.sql.table(source.table);
    const std::vector<SeriesValue> values = valuesOf(points, source.table, scope.profile);
    if (table == nullptr || values.empty())
        return {};
    std::vector<const LensSource *> sources;
    if (isOfChapters)
        sources.push_back(&transcriptLens.chapters);
    sources.push_back(&source);
    LensSelect select(scope, *table, u"t%1"_s.arg(sources.size() - 1));
    const std::optional<FieldRef> timeField = lensField(points, u"time"_s);
    const int time = select.addField(timeField);
    const int by = select.addField(lensField(points, u"by"_s));
    // The key of the transcript's entry; a point that is an entry itself needs none.
    const int record = source.table == transcriptLens.entries.table ? select.addField(lensField(points, u"record"_s)) : -1;
    std::vector<int> columns;
    for (const SeriesValue &value : values)
        columns.push_back(select.addField(value.field));
    const Result<QString> from = fromSources(scope, sources, owner, select.values());
    if (!from)
        return failure(from);
    const TableProfile *known = scope.profile.table(source.table);
    const ColumnProfile *timeColumn = known != nullptr && timeField ? known->column(timeField->column) : nullptr;
    const QString meaning = timeColumn == nullptr ? QString() : timeColumn->meaning;
    std::map<std::pair<QString, std::size_t>, std::size_t> places2;
    const QString limit = u" LIMIT %1"_s.arg(mostPoints);
    return scope.connection.forEachRow(select.statement(*from + limit), select.values().values(), [&](const RowBlock &block, int row) {
        const QString group = lensText(block, row, by);
        Series::Point point;
        if (time >= 0)
            point.time = lensTime(block.at(row, time), meaning);
        if (record >= 0)
            point.entry = places.byKey(keyOfRow({Value(block.at(row, record))}));
        if (point.entry < 0 && point.time)
            point.entry = places.byTime(*point.time);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::optional<double> number = lensNumber(block, row, columns[i]);
            if (!number)
                continue;
            const auto [at, isNew] = places2.try_emplace({group, i}, all.size());
            if (isNew)
                all.push_back({values[i].title, group, values[i].minimum, values[i].maximum, values[i].isHighGood, {}});
            point.value = *number;
            all[at->second].points.push_back(point);
        }
        return true;
    });
}

} // namespace

Result<std::vector<Series>> readSeries(const LensScope &scope, const TranscriptLens &lens, const Transcript &transcript, const RowKey &record)
{
    std::vector<Series> all;
    const Places places(transcript);
    for (const Lens &each : scope.profile.lenses) {
        if (each.kind != u"series")
            continue;
        const bool isOfChapters = !lens.chapters.isEmpty() && each.table == lens.chapters.table;
        if (!isOfChapters && each.table != lens.table)
            continue;
        const LensSource source = LensSource::from(each.parts.value(u"points"_s).toObject());
        if (source.table == lens.table)
            continue; // a figure of the whole is no line beside its entries
        Result<std::map<QString, Value>> owner = readOwner(scope, lens.table, record, ownerColumns(isOfChapters ? lens.chapters : source));
        if (!owner)
            return failure(owner);
        if (const Result<> read = readPoints(scope, each, lens, *owner, isOfChapters, places, all); !read)
            return failure(read);
    }
    for (int score = 0; score < static_cast<int>(transcript.scoreTitles.size()); ++score) {
        Series series;
        series.title = transcript.scoreTitles[score];
        for (std::size_t i = 0; i < transcript.entries.size(); ++i) {
            const TranscriptEntry &entry = transcript.entries[i];
            if (score < static_cast<int>(entry.scores.size()) && entry.scores[static_cast<std::size_t>(score)])
                series.points.push_back({*entry.scores[static_cast<std::size_t>(score)], static_cast<int>(i), entry.time});
        }
        const auto isSame = [&](const Series &other) { return other.title.compare(series.title, Qt::CaseInsensitive) == 0 || series.title.startsWith(other.title, Qt::CaseInsensitive); };
        if (!series.points.empty() && std::none_of(all.begin(), all.end(), isSame))
            all.push_back(std::move(series));
    }
    std::erase_if(all, [](const Series &series) { return series.points.empty(); });
    return all;
}

} // namespace turnstone
