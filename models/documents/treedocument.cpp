// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treedocument.h"

#include "models/documents/treeexport.h"
#include "models/documents/treerows.h"
#include "models/lenses/transcript.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int recordsPerPage = 200;
constexpr int longText = 80; // characters; longer ones are paragraphs
constexpr int deepestHeading = 6;

QString plain(QString text)
{
    static const QString special = u"\\`*_[]<>#|"_s;
    QString out;
    for (const QChar c : text.simplified())
        out += special.contains(c) ? QString(u'\\') + c : QString(c);
    return out;
}

/// Rows of a hierarchy as nested headings.
class Outline
{
public:
    explicit Outline(const ResolvedProfile &profile) : m_profile(profile) {}

    void append(QByteArray &out, const TreePlan::Node &node, const TreeRows &rows, int row, int level) const
    {
        const TableProfile *table = m_profile.table(node.table->name);
        const QString word = table && !table->singular.isEmpty() ? table->singular : node.table->name;
        QStringList key;
        for (const QString &column : node.table->identityColumns()) {
            if (const int place = node.columnIndex(column); place >= 0)
                key.append(Value(rows.rows.at(row, place)).toDisplayText());
        }
        out += QByteArray(std::min(level, deepestHeading), '#') + ' ' + plain(word + u' ' + key.join(u", "_s)).toUtf8() + "\n\n";
        appendValues(out, node, rows, row);
        for (std::size_t i = 0; i < node.children.size(); ++i)
            appendBelow(out, *node.children[i], rows.children[i], row, level + 1);
        if (rows.self)
            appendBelow(out, node, *rows.self, row, level + 1);
    }

private:
    void appendBelow(QByteArray &out, const TreePlan::Node &node, const TreeRows &rows, int parent, int level) const
    {
        const int last = rows.begins[static_cast<std::size_t>(parent) + 1];
        for (int i = rows.begins[static_cast<std::size_t>(parent)]; i < last; ++i)
            append(out, node, rows, rows.order[static_cast<std::size_t>(i)], level);
    }

    void appendValues(QByteArray &out, const TreePlan::Node &node, const TreeRows &rows, int row) const
    {
        const TableProfile *table = m_profile.table(node.table->name);
        QByteArray paragraphs;
        for (qsizetype i = 0; i < node.columns.size(); ++i) {
            const ValueRef value = rows.rows.at(row, static_cast<int>(i));
            const ColumnProfile *column = table ? table->column(node.columns[i]) : nullptr;
            if (value.isNull() || (column && (column->meaning == u"secret" || column->meaning == u"vector")))
                continue;
            const QString title = column && !column->title.isEmpty() ? column->title : node.columns[i];
            const QString text = value.type() == ValueType::Blob ? QCoreApplication::translate("TreeDocument", "%L1 bytes").arg(value.bytes().size()) : Value(value).toDisplayText();
            if (text.size() <= longText && !text.contains(u'\n')) {
                out += "- **" + plain(title).toUtf8() + ":** " + plain(text).toUtf8() + '\n';
                continue;
            }
            const bool isCode = column && (column->meaning == u"json" || column->meaning == u"chat-messages" || column->meaning == u"openai-response" || column->meaning.startsWith(u"code"_s));
            QByteArray fence = "```";
            while (text.contains(QString::fromLatin1(fence)))
                fence += '`';
            paragraphs += "**" + plain(title).toUtf8() + "**\n\n" + (isCode ? fence + '\n' + text.toUtf8() + '\n' + fence : text.toUtf8()) + "\n\n";
        }
        out += '\n' + paragraphs;
    }

    const ResolvedProfile &m_profile;
};

} // namespace

Result<> forEachRecord(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const std::function<Result<>(const RowKey &key)> &take)
{
    Result<TreePlan> plan = TreePlan::make(catalog, profile, request.root, request.isTable);
    if (!plan)
        return failure(plan);
    plan->root->children.clear();
    plan->root->columns.clear();
    TreeRowsReader reader(connection, catalog, profile, *plan);
    if (!request.key.isEmpty()) {
        const Result<std::vector<Value>> key = keyParts(request.key, reader.key());
        return key ? take(*key) : Result<>(failure(key));
    }
    plan->root->columns = reader.key();
    plan->root->selfLink.clear(); // every row is a record
    std::vector<Value> after;
    for (bool isFirst = true; isFirst || !after.empty(); isFirst = false) {
        const Result<TreeRows> rows = reader.next(after, recordsPerPage, request.where, isFirst);
        if (!rows)
            return failure(rows);
        for (int row = 0; row < rows->rows.rowCount(); ++row) {
            RowKey key;
            for (int i = 0; i < static_cast<int>(reader.key().size()); ++i)
                key.emplace_back(rows->rows.at(row, i));
            if (const Result<> taken = take(key); !taken)
                return taken;
        }
        if (rows->rows.isEmpty())
            break;
    }
    return {};
}

Result<ExportReport> exportDocuments(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const DocumentRequest &request, const ByteSink &sink,
                                     const ExportProgressSink &progress)
{
    const Result<TreePlan> plan = TreePlan::make(catalog, profile, request.root, request.isTable);
    if (!plan)
        return failure(plan);
    const QString table = plan->root->table->name;
    std::optional<TranscriptLens> lens = transcriptFor(profile, table);
    if (lens && lens->table != table)
        lens.reset(); // the table's rows are entries, no conversations
    TreeRowsReader rowsReader(connection, catalog, profile, *plan);
    const Outline outline(profile);
    ExportReport report;
    auto told = std::chrono::steady_clock::now();
    const Result<> done = forEachRecord(connection, catalog, profile, request, [&](const RowKey &key) -> Result<> {
        QByteArray text = report.rows > 0 ? QByteArray("\n---\n\n") : QByteArray();
        if (lens) {
            TranscriptReader reader({connection, catalog, profile}, *lens);
            const Result<Transcript> transcript = reader.read(key);
            if (!transcript)
                return failure(transcript);
            const Result<QString> markdown = transcriptMarkdown(reader, *transcript, true, true);
            if (!markdown)
                return failure(markdown);
            text += markdown->toUtf8();
            if (!text.endsWith('\n'))
                text += '\n';
        } else {
            const Result<TreeRows> rows = rowsReader.record(key);
            if (!rows)
                return failure(rows);
            outline.append(text, *plan->root, *rows, 0, 1);
        }
        ++report.rows;
        report.bytes += text.size();
        const auto now = std::chrono::steady_clock::now();
        if (progress && now - told > std::chrono::milliseconds(100)) {
            told = now;
            progress({report.rows, report.bytes, -1});
        }
        return sink(text);
    });
    if (!done)
        return failure(done);
    return report;
}

} // namespace turnstone
