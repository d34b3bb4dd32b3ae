// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/xlsxfile.h"

#include "models/transfer/reals.h"
#include "models/transfer/rowformat.h"
#include "models/transfer/xlsxcheck.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <chrono>
#include <cmath>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>
#include <xlsxwriter.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct XlsxText
{
    Q_DECLARE_TR_FUNCTIONS(XlsxFile)
};

constexpr lxw_row_t maxRows = 1'048'576;
constexpr std::size_t maxColumns = 16'384;
constexpr qsizetype maxCharacters = 32'767;
constexpr std::int64_t exactInteger = std::int64_t(1) << 53;

/// int2, int4, int8, float4, float8, numeric
bool isPostgresNumber(unsigned oid)
{
    return oid == 20 || oid == 21 || oid == 23 || oid == 700 || oid == 701 || oid == 1700;
}

class SheetVisitor final : public RowVisitor
{
public:
    SheetVisitor(lxw_workbook *workbook, const std::vector<ResultColumn> &columns, Engine engine, QString title, const ExportProgressSink &progress)
        : m_workbook(workbook), m_columns(columns), m_engine(engine), m_title(std::move(title)), m_progress(progress)
    {
        m_bold = workbook_add_format(workbook);
        format_set_bold(m_bold);
        beginSheet();
    }

    bool visit(const ValueRef *values) override
    {
        if (m_row == maxRows)
            beginSheet();
        ++report.rows;
        bool isFilled = false;
        for (std::size_t i = 0; i < m_columns.size() && error == LXW_NO_ERROR; ++i) {
            if (values[i].isNull() || (values[i].type() >= ValueType::Text && values[i].bytes().isEmpty()))
                continue; // a cell of nothing is no cell
            writeCell(values[i], i);
            isFilled = true;
        }
        filledRows += isFilled ? 1 : 0;
        ++m_row;
        const auto now = std::chrono::steady_clock::now();
        if (m_progress && report.rows % 256 == 0 && now - m_told > std::chrono::milliseconds(100)) {
            m_told = now;
            m_progress({report.rows, 0, -1});
        }
        return error == LXW_NO_ERROR;
    }

    ExportReport report;
    std::int64_t filledRows = 0; ///< that the sheets have a row for
    lxw_error error = LXW_NO_ERROR;

private:
    void beginSheet()
    {
        ++m_sheets;
        const QByteArray name = m_sheets == 1 ? m_title.toUtf8() : (m_title.left(27) + u" %1"_s.arg(m_sheets)).toUtf8();
        m_sheet = workbook_add_worksheet(m_workbook, name.constData());
        if (!m_sheet) // a name that Excel would not have
            m_sheet = workbook_add_worksheet(m_workbook, nullptr);
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            worksheet_write_string(m_sheet, 0, static_cast<lxw_col_t>(i), m_columns[i].name.toUtf8().constData(), m_bold);
        worksheet_freeze_panes(m_sheet, 1, 0);
        m_row = 1;
    }
    void note(std::size_t column, const QString &what)
    {
        if (report.notes.size() < 100)
            report.notes.append(XlsxText::tr("row %1, column %2: %3").arg(report.rows).arg(m_columns[column].name, what));
    }
    void writeText(QByteArrayView bytes, std::size_t column)
    {
        QString text = QString::fromUtf8(bytes);
        if (text.toUtf8() != bytes && report.undecodable.size() < 100)
            report.undecodable.append(XlsxText::tr("row %1, column %2").arg(report.rows).arg(m_columns[column].name));
        if (text.contains(QChar(u'\0'))) {
            text.replace(QChar(u'\0'), QChar(QChar::ReplacementCharacter));
            note(column, XlsxText::tr("NUL characters are shown as replacement characters"));
        }
        if (text.size() > maxCharacters) {
            note(column, XlsxText::tr("cut from %L1 to %L2 characters").arg(text.size()).arg(maxCharacters));
            text.truncate(text.at(maxCharacters - 1).isHighSurrogate() ? maxCharacters - 1 : maxCharacters);
        }
        error = worksheet_write_string(m_sheet, m_row, static_cast<lxw_col_t>(column), text.toUtf8().constData(), nullptr);
    }
    void writeCell(const ValueRef &value, std::size_t column)
    {
        const auto place = static_cast<lxw_col_t>(column);
        switch (value.type()) {
        case ValueType::Null: return;
        case ValueType::Integer:
            if (std::abs(value.integer()) <= exactInteger)
                error = worksheet_write_number(m_sheet, m_row, place, static_cast<double>(value.integer()), nullptr);
            else
                writeText(QByteArray::number(static_cast<qlonglong>(value.integer())), column);
            return;
        case ValueType::Real:
            if (std::isfinite(value.real())) {
                error = worksheet_write_number(m_sheet, m_row, place, value.real(), nullptr);
            } else {
                OutputBuffer text;
                appendReal(text, value.real());
                writeText(text.view(), column);
            }
            return;
        case ValueType::Blob: writeText(value.bytes().toByteArray().toBase64(), column); return;
        case ValueType::Text: break;
        }
        if (m_engine == Engine::PostgreSql && m_columns[column].typeOid == 16) {
            error = worksheet_write_boolean(m_sheet, m_row, place, value.bytes() == "t" ? 1 : 0, nullptr);
            return;
        }
        double number = 0;
        if (m_engine == Engine::PostgreSql && isPostgresNumber(m_columns[column].typeOid) && value.bytes().size() <= 16 && realFromText(value.bytes(), number)) {
            error = worksheet_write_number(m_sheet, m_row, place, number, nullptr);
            return;
        }
        writeText(value.bytes(), column);
    }

    lxw_workbook *m_workbook;
    lxw_worksheet *m_sheet = nullptr;
    lxw_format *m_bold;
    const std::vector<ResultColumn> &m_columns;
    const Engine m_engine;
    const QString m_title;
    const ExportProgressSink &m_progress;
    lxw_row_t m_row = 0;
    int m_sheets = 0;
    std::chrono::steady_clock::time_point m_told = std::chrono::steady_clock::now();
};

/// Excel allows 31 characters and not these.
QString sheetTitle(const QString &name)
{
    QString title = name.isEmpty() ? u"Rows"_s : name;
    for (const QChar c : u"[]:*?/\\'"_s)
        title.replace(c, u'_');
    return title.left(31);
}

Error xlsxError(const QString &path, lxw_error error)
{
    return {ErrorCode::Io, XlsxText::tr("\"%1\" cannot be written: %2.").arg(path, QString::fromUtf8(lxw_strerror(error))), {}, -1};
}

/// The unfinished file, which goes unless it was put in place.
struct UnfinishedFile
{
    QString path;
    ~UnfinishedFile()
    {
        if (!path.isEmpty())
            QFile::remove(path);
    }
};

} // namespace

Result<ExportReport> exportToXlsx(Connection &connection, const ExportStatement &statement, const ExportSource &source, const FormatOptions &format,
                                  const QString &path, const ExportProgressSink &progress)
{
    auto reader = connection.query(statement.sql, statement.parameters);
    if (!reader)
        return failure(reader);
    const std::vector<ResultColumn> &columns = (*reader)->columns();
    if (columns.size() > maxColumns)
        return failure(ErrorCode::Unsupported, XlsxText::tr("A worksheet has room for 16,384 columns; there are %L1.").arg(columns.size()));
    UnfinishedFile unfinished{u"%1.%2.part"_s.arg(path, QUuid::createUuid().toString(QUuid::Id128).left(8))};
    QByteArray folder = QFile::encodeName(QFileInfo(path).absolutePath());
    const QByteArray name = QFile::encodeName(unfinished.path);
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data(); // where there is room for the result, there is for its parts
    options.use_zip64 = LXW_TRUE;
    lxw_workbook *workbook = workbook_new_opt(name.constData(), &options);
    if (!workbook)
        return tl::unexpected(xlsxError(path, LXW_ERROR_MEMORY_MALLOC_FAILED));
    SheetVisitor visitor(workbook, columns, connection.engine(), sheetTitle(source.rows ? source.rows->table.name : format.table), progress);
    Result<bool> more = (*reader)->visit(visitor);
    if (!more || visitor.error != LXW_NO_ERROR) {
        workbook_close(workbook); // the library frees its memory in no other way
        if (!more)
            return failure(more);
        return tl::unexpected(xlsxError(path, visitor.error));
    }
    if (const lxw_error closed = workbook_close(workbook); closed != LXW_NO_ERROR)
        return tl::unexpected(xlsxError(path, closed));
    if (!isWholeWorkbook(unfinished.path, visitor.filledRows))
        return failure(ErrorCode::Io, XlsxText::tr("\"%1\" cannot be written: not all rows arrived in it. The disk is probably full.").arg(path));
    const int handle = ::open(name.constData(), O_RDONLY | O_CLOEXEC);
    const bool isSafe = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    visitor.report.bytes = QFileInfo(unfinished.path).size();
    if (!isSafe || ::rename(name.constData(), QFile::encodeName(path).constData()) != 0)
        return tl::unexpected(xlsxError(path, LXW_ERROR_CREATING_XLSX_FILE));
    unfinished.path.clear();
    if (progress)
        progress({visitor.report.rows, visitor.report.bytes, 1});
    return visitor.report;
}

} // namespace turnstone
