// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/documents/treeimport.h"

#include "models/documents/treeplan.h"
#include "models/documents/treerowwriter.h"
#include "models/importing/inputfile.h"
#include "models/importing/jsoncell.h"
#include "models/importing/postgresimportsink.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QUtf8StringView>

#include <algorithm>
#include <chrono>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct TreeImportText
{
    Q_DECLARE_TR_FUNCTIONS(TreeImport)
};

/// One import: goes through the file record by record of the root, and through each record object by object.
class TreeImport
{
public:
    TreeImport(Connection &connection, const TreePlan &plan, const TreeImportRequest &request, std::stop_token stop, const ImportProgressSink &progress)
        : m_plan(plan), m_request(request), m_stop(std::move(stop)), m_progress(progress), m_isServer(connection.engine() == Engine::PostgreSql), m_writer(connection, request.conflict)
    {
    }

    Result<TreeImportReport> run()
    {
        auto file = InputFile::open(m_request.file);
        if (!file)
            return failure(file);
        m_file = std::move(*file);
        if (const Result<> begun = m_writer.begin(); !begun)
            return failure(begun);
        Result<> done = readRecords();
        if (done) {
            done = m_writer.finish(m_request.isDryRun);
            if (!done && m_writer.failedPlace())
                done = placed(done.error(), *m_writer.failedPlace());
        }
        if (!done) {
            m_writer.abandon();
            return failure(done);
        }
        m_report.written = m_writer.written();
        m_report.tables = m_writer.tables();
        return m_report;
    }

private:
    Result<> readRecords();
    Result<bool> nextRecord(bool &isArray, bool &isFirst);
    Result<const char *> readObject(const TreePlan::Node &node, const char *at);
    Result<> readBelow(const TreePlan::Node &node, const char *at, bool isSingle);
    Result<> readMember(const TreePlan::Node &node, JsonScanner &scanner, std::vector<JsonCell> &cells, std::vector<std::pair<const TreePlan::Node *, const char *>> &below);
    tl::unexpected<Error> failAt(const char *at, const QString &what) const
    {
        const auto [line, column] = m_file->placeOf(at);
        return failure(ErrorCode::Syntax, TreeImportText::tr("\"%1\", line %2, column %3: %4.").arg(QFileInfo(m_request.file).fileName()).arg(line).arg(column).arg(what));
    }

    /// The same error, told with the place of the row.
    Result<> placed(Error error, const std::pair<qint64, qint64> &place) const
    {
        if (error.code == ErrorCode::Cancelled)
            return tl::unexpected(error);
        const QString what = error.message.endsWith(u'.') ? error.message.chopped(1) : error.message;
        error.message = TreeImportText::tr("\"%1\", line %2, column %3: %4.").arg(QFileInfo(m_request.file).fileName()).arg(place.first).arg(place.second).arg(what);
        return tl::unexpected(error);
    }

    const TreePlan &m_plan;
    const TreeImportRequest &m_request;
    const std::stop_token m_stop;
    const ImportProgressSink &m_progress;
    const bool m_isServer;
    TreeRowWriter m_writer;
    std::unique_ptr<InputFile> m_file;
    TreeImportReport m_report;
};

Result<bool> TreeImport::nextRecord(bool &isArray, bool &isFirst)
{
    for (;;) {
        JsonScanner scanner(QByteArrayView(m_file->begin(), m_file->end()));
        scanner.skipSpace();
        bool isOpening = false;
        if (isFirst && scanner.peek() == '[') {
            isOpening = true;
            scanner.step();
            scanner.skipSpace();
        }
        const bool hasArray = isArray || isOpening;
        if (hasArray && !isFirst && scanner.peek() == ',') {
            scanner.step();
            scanner.skipSpace();
        } else if (hasArray && scanner.peek() == ']') {
            return false;
        } else if (hasArray && !isFirst && !scanner.atEnd()) {
            return failAt(scanner.at(), TreeImportText::tr("a comma or ] belongs here"));
        }
        if (scanner.atEnd() && m_file->isWhole()) {
            if (hasArray)
                return failAt(scanner.at(), TreeImportText::tr("the array has no end"));
            return false;
        }
        const char *const start = scanner.at();
        if (scanner.skipValue()) {
            isArray = hasArray;
            isFirst = false;
            m_file->take(start, std::count(m_file->begin(), start, '\n'));
            return true;
        }
        if (scanner.problem() != JsonScanner::Problem::Incomplete || m_file->isWhole())
            return failAt(scanner.at(), scanner.problemText());
        if (const Result<> more = m_file->more(); !more)
            return failure(more);
    }
}

Result<> TreeImport::readRecords()
{
    bool isArray = false;
    bool isFirst = true;
    auto told = std::chrono::steady_clock::now();
    for (;;) {
        if (m_stop.stop_requested())
            return failure(ErrorCode::Cancelled, TreeImportText::tr("The work was stopped."));
        const Result<bool> more = nextRecord(isArray, isFirst);
        if (!more)
            return failure(more);
        if (!*more)
            return {};
        const Result<const char *> end = readObject(*m_plan.root, m_file->begin());
        if (!end)
            return failure(end);
        m_file->take(*end, std::count(m_file->begin(), *end, '\n'));
        const auto now = std::chrono::steady_clock::now();
        if (m_progress && now - told > std::chrono::milliseconds(100)) {
            told = now;
            m_progress({m_report.rows, m_file->bytesTotal() > 0 ? static_cast<double>(m_file->bytesTaken()) / static_cast<double>(m_file->bytesTotal()) : 0});
        }
    }
}

Result<> TreeImport::readMember(const TreePlan::Node &node, JsonScanner &scanner, std::vector<JsonCell> &cells, std::vector<std::pair<const TreePlan::Node *, const char *>> &below)
{
    scanner.skipSpace();
    const char *const at = scanner.at();
    OutputBuffer key;
    if (scanner.peek() != '"' || !scanner.readString(key))
        return failAt(scanner.at(), TreeImportText::tr("a key in quotes belongs here"));
    scanner.skipSpace();
    scanner.step(); // the colon: the record has been looked through
    scanner.skipSpace();
    const QString name = QString::fromUtf8(key.view());
    const int column = node.columnIndex(name);
    if (column >= 0) {
        JsonCell &cell = cells[static_cast<std::size_t>(column)];
        if (cell.form != JsonCell::Form::Absent)
            return failAt(at, TreeImportText::tr("the key %1 occurs twice").arg(name));
        return cell.read(scanner, m_writer.text()) ? Result<>() : Result<>(failAt(scanner.at(), scanner.problemText()));
    }
    const auto child = std::find_if(node.children.begin(), node.children.end(), [&](const auto &candidate) { return candidate->key == name; });
    if (child == node.children.end() && (node.selfKey.isEmpty() || name != node.selfKey))
        return failAt(at, TreeImportText::tr("%1 has neither a column nor rows below it called %2").arg(node.table->name, name));
    below.emplace_back(child == node.children.end() ? &node : child->get(), scanner.at());
    return scanner.skipValue() ? Result<>() : Result<>(failAt(scanner.at(), scanner.problemText()));
}

Result<const char *> TreeImport::readObject(const TreePlan::Node &node, const char *at)
{
    JsonScanner scanner(QByteArrayView(at, m_file->end()));
    if (scanner.peek() != '{')
        return failAt(at, TreeImportText::tr("a row is an object in braces"));
    scanner.step();
    std::vector<JsonCell> cells(static_cast<std::size_t>(node.columns.size()));
    std::vector<std::pair<const TreePlan::Node *, const char *>> below;
    m_writer.text().clear();
    scanner.skipSpace();
    while (scanner.peek() != '}') {
        if (const Result<> member = readMember(node, scanner, cells, below); !member)
            return failure(member);
        scanner.skipSpace();
        if (scanner.peek() == ',')
            scanner.step();
        scanner.skipSpace();
    }
    scanner.step();
    if (!QUtf8StringView(at, scanner.at() - at).isValidUtf8())
        return failAt(at, TreeImportText::tr("the text is not UTF-8"));
    if (m_isServer && m_writer.text().view().contains('\0'))
        return failAt(at, TreeImportText::tr("PostgreSQL cannot keep a NUL character"));
    m_writer.take(node, cells);
    ++m_report.rows;
    const auto write = [&]() -> Result<> {
        if (m_writer.gathers())
            m_writer.setPlace(m_file->placeOf(at));
        const Result<> written = m_writer.write();
        return written ? written : placed(written.error(), m_writer.failedPlace().value_or(m_file->placeOf(at)));
    };
    // A junction's row points to the row inside it.
    if (node.isJunction) {
        const TreeRowWriter::Row row = m_writer.keep();
        for (const auto &[child, place] : below) {
            if (const Result<> read = readBelow(*child, place, child->isSingle); !read)
                return failure(read);
        }
        m_writer.restore(row);
        if (const Result<> written = write(); !written)
            return failure(written);
        return scanner.at();
    }
    if (const Result<> written = write(); !written)
        return failure(written);
    for (const auto &[child, place] : below) {
        if (const Result<> read = readBelow(*child, place, child->isSingle); !read)
            return failure(read);
    }
    return scanner.at();
}

Result<> TreeImport::readBelow(const TreePlan::Node &node, const char *at, bool isSingle)
{
    JsonScanner scanner(QByteArrayView(at, m_file->end()));
    if (isSingle && scanner.peek() == 'n')
        return {};
    if (isSingle) {
        const Result<const char *> read = readObject(node, at);
        return read ? Result<>() : Result<>(failure(read));
    }
    if (scanner.peek() != '[')
        return failAt(at, TreeImportText::tr("rows stand in an array"));
    scanner.step();
    for (;;) {
        scanner.skipSpace();
        if (scanner.peek() == ']')
            return {};
        if (scanner.peek() == ',') {
            scanner.step();
            scanner.skipSpace();
        }
        const Result<const char *> end = readObject(node, scanner.at());
        if (!end)
            return failure(end);
        scanner = JsonScanner(QByteArrayView(*end, m_file->end()));
    }
}

} // namespace

Result<TreeImportReport> importTree(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const TreeImportRequest &request, std::stop_token stop,
                                    const ImportProgressSink &progress)
{
    const bool isTree = profile.tree(request.root) != nullptr;
    const Result<TreePlan> plan = TreePlan::make(catalog, profile, request.root, !isTree && catalog.table(request.root, profile.schema));
    if (!plan)
        return failure(plan);
    return TreeImport(connection, *plan, request, std::move(stop), progress).run();
}

} // namespace turnstone
