// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/query/resultview.h"

#include "models/core/async.h"
#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "models/transfer/rowwriter.h"
#include "views/panels/tasks.h"
#include "views/query/resultediting.h"
#include "views/widgets/rowtableview.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPromise>
#include <QSaveFile>
#include <QTableView>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 mostCopied = 100'000;
constexpr int rowsAtOnce = 256;

QString formatOf(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    return suffix == u"md" ? u"markdown"_s : suffix == u"txt" ? u"tsv"_s : suffix;
}

Result<qint64> writeFile(const QueryRows &rows, Engine engine, const QString &path, const std::stop_token &stop)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return failure(ErrorCode::Io, ResultView::tr("%1 cannot be written: %2.").arg(path, file.errorString()));
    const std::unique_ptr<RowWriter> writer = makeRowWriter(formatOf(path), [&file](QByteArrayView bytes) -> Result<> {
        if (file.write(bytes.data(), bytes.size()) != bytes.size())
            return failure(ErrorCode::Io, ResultView::tr("The file cannot be written: %1.").arg(file.errorString()));
        return {};
    });
    if (!writer)
        return failure(ErrorCode::InvalidInput, ResultView::tr("%1: choose a name that ends in .csv, .tsv, .json, .jsonl or .md.").arg(QFileInfo(path).fileName()));
    if (const Result<> begun = writer->begin(rows.columns(), engine); !begun)
        return failure(begun);
    const qint64 count = rows.rowCount();
    for (qint64 row = 0; row < count; row += rowsAtOnce) {
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled, ResultView::tr("The export was stopped."));
        const Result<RowBlock> block = rows.rows(row, static_cast<int>(std::min<qint64>(rowsAtOnce, count - row)));
        if (!block)
            return failure(block);
        if (const Result<> written = writer->write(*block); !written)
            return failure(written);
    }
    if (const Result<> ended = writer->end(); !ended)
        return failure(ended);
    if (!file.commit())
        return failure(ErrorCode::Io, ResultView::tr("The file cannot be written: %1.").arg(file.errorString()));
    return count;
}

} // namespace

ResultView::ResultView(std::shared_ptr<QueryRows> rows, Engine engine, QString sql, QThreadPool &workers, Tasks &tasks, QWidget *parent)
    : QWidget(parent), m_rows(std::move(rows)), m_engine(engine), m_sql(std::move(sql)), m_workers(workers), m_tasks(tasks),
      m_model(new TableRowModel(std::make_unique<QueryRowSource>(m_rows, workers), this)), m_view(new RowTableView(this)), m_state(new QLabel(this))
{
    setObjectName(u"resultView"_s);
    m_view->setModel(m_model);
    m_view->table()->setObjectName(u"resultRows"_s);
    m_view->table()->setAccessibleName(tr("Rows of the result"));
    m_state->setObjectName(u"resultState"_s);
    m_state->setFont(sizedFont(font(), metrics::captionPx));
    m_state->setForegroundRole(QPalette::PlaceholderText);
    auto *save = new QToolButton(this);
    save->setObjectName(u"exportResult"_s);
    save->setText(tr("Export…"));
    save->setAccessibleName(tr("Export the rows"));
    auto *foot = new QHBoxLayout;
    foot->setSpacing(metrics::space2);
    foot->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    foot->addWidget(m_state, 1);
    foot->addWidget(save);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_view, 1);
    layout->addLayout(foot);
    connect(save, &QToolButton::clicked, this, &ResultView::exportRows);
    connect(m_model, &TableRowModel::extentChanged, this, &ResultView::showExtent);
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this] {
        if (m_isFitted || m_model->loadState(0) != TableRowModel::LoadState::Ready)
            return;
        m_isFitted = true;
        m_view->fitColumns();
        emit firstRowsShown();
    });
    connect(m_model, &TableRowModel::failed, this, &ResultView::failed);
    connect(m_view, &RowTableView::headerClicked, this, [this](int section) { emit orderRequested(section, section == m_orderColumn && !m_isDescending); });
    connect(m_view, &RowTableView::cellMenuRequested, this, &ResultView::showMenu);
    showExtent();
}

ResultView::~ResultView()
{
    m_stop.request_stop();
    delete m_editing; // while the model is there
    if (m_task != 0)
        m_tasks.end(m_task);
    m_view->setModel(nullptr);
}

void ResultView::showExtent()
{
    const QLocale locale;
    const qint64 rows = m_model->totalRows();
    const bool isComplete = m_model->source().isComplete();
    QString text = rows == 1 ? tr("1 row") : tr("%1 rows").arg(locale.toString(rows));
    if (!isComplete)
        text = rows == 0 ? tr("Running…") : tr("%1 rows so far").arg(locale.toString(rows));
    QStringList parts{text};
    if (!m_time.isEmpty())
        parts.append(m_time);
    if (m_editing != nullptr && !m_editing->summary().isEmpty())
        parts.append(m_editing->summary());
    m_state->setText(parts.join(u" · "_s));
    if (isComplete && rows == 0 && !std::exchange(m_isFitted, true)) {
        m_view->fitColumns();
        emit firstRowsShown();
    }
}

void ResultView::finish(const StatementOutcome &outcome)
{
    m_time = outcome.ms < 1000 ? tr("%1 ms").arg(outcome.ms) : tr("%1 s").arg(static_cast<double>(outcome.ms) / 1000, 0, 'f', 2);
    showExtent();
}

void ResultView::setOrder(int column, bool isDescending)
{
    m_orderColumn = column;
    m_isDescending = isDescending;
    m_view->setSortSections({{column, isDescending}});
}

void ResultView::setEditing(const DatabaseContext &context, CellEditing &editing, ShownZone zone)
{
    if (context.edits == nullptr || m_editing != nullptr)
        return;
    m_editing = new ResultEditing(context, editing, m_sql, m_rows->columns(), *m_view, *m_model, this);
    m_editing->setShownZone(zone);
    connect(m_editing, &ResultEditing::traced, this, &ResultView::showExtent);
    connect(m_editing, &ResultEditing::refused, this, &ResultView::refused);
}

void ResultView::setShownZone(ShownZone zone)
{
    if (m_editing != nullptr)
        m_editing->setShownZone(zone);
}

void ResultView::edit(EditCommand command)
{
    if (m_editing != nullptr)
        m_editing->edit(command);
}

std::vector<qint64> ResultView::markedRows() const
{
    std::vector<qint64> rows;
    for (const QModelIndex &index : m_view->table()->selectionModel()->selectedIndexes())
        rows.push_back(m_model->windowFirst() + index.row());
    std::ranges::sort(rows);
    const auto rest = std::ranges::unique(rows);
    rows.erase(rest.begin(), rest.end());
    return rows;
}

void ResultView::copy(const QString &format)
{
    const QModelIndexList marked = m_view->table()->selectionModel()->selectedIndexes();
    if (marked.size() == 1 && format.isEmpty()) {
        const Result<Value> value = m_rows->value(m_model->windowFirst() + marked.front().row(), marked.front().column());
        if (value)
            QApplication::clipboard()->setText(copiedText(value->ref()));
        return;
    }
    const std::vector<qint64> rows = markedRows();
    if (rows.empty())
        return;
    if (rows.size() > static_cast<std::size_t>(mostCopied)) {
        emit failed(Error{ErrorCode::InvalidInput, tr("%1 rows are more than the clipboard takes; export them instead.").arg(rows.size()), {}, -1});
        return;
    }
    auto promise = std::make_shared<QPromise<QByteArray>>();
    promise->start();
    const QFuture<QByteArray> future = promise->future();
    // The rows stay while their text is made; the view may go.
    m_workers.start([promise, rows, shared = m_rows, engine = m_engine, as = format.isEmpty() ? u"tsv"_s : format] {
        QByteArray text;
        const std::unique_ptr<RowWriter> writer = makeRowWriter(as, [&text](QByteArrayView bytes) -> Result<> {
            text.append(bytes);
            return {};
        });
        bool isGood = writer && writer->begin(shared->columns(), engine);
        for (std::size_t i = 0; i < rows.size() && isGood; ++i) {
            const Result<RowBlock> block = shared->rows(rows[i], 1);
            isGood = block && writer->write(*block);
        }
        if (isGood)
            (void)writer->end();
        promise->addResult(text);
        promise->finish();
    });
    onResult(future, this, [this, count = rows.size()](const QByteArray &copied) {
        QApplication::clipboard()->setText(QString::fromUtf8(copied));
        emit noted(tr("%1 rows copied").arg(count));
    });
}

void ResultView::showMenu(const QModelIndex &, const QPoint &place)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (m_editing != nullptr) {
        menu->addAction(tr("Edit the value"), this, [this] { edit(EditCommand::Value); });
        menu->addAction(tr("Edit in a large editor…"), this, [this] { edit(EditCommand::LargeValue); });
        menu->addAction(tr("Make it NULL"), this, [this] { edit(EditCommand::MakeNull); });
        menu->addAction(tr("Back to what is stored"), this, [this] { edit(EditCommand::Revert); });
        menu->addSeparator();
    }
    menu->addAction(tr("Copy"), this, [this] { copy({}); });
    QMenu *copies = menu->addMenu(tr("Copy the rows as"));
    for (const auto &[format, title] : {std::pair(u"tsv"_s, tr("TSV, for spreadsheets")), std::pair(u"csv"_s, tr("CSV")), std::pair(u"json"_s, tr("JSON")), std::pair(u"markdown"_s, tr("Markdown"))})
        copies->addAction(title, this, [this, as = format] { copy(as); });
    menu->addAction(tr("Export all rows…"), this, &ResultView::exportRows);
    menu->popup(place);
}

void ResultView::exportRows()
{
    auto *dialog = new QFileDialog(this, tr("Export the rows"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV (*.csv)"), tr("TSV (*.tsv)"), tr("JSON (*.json)"), tr("JSON Lines (*.jsonl)"), tr("Markdown (*.md)")});
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) { dialog->setDefaultSuffix(filter.section(u"*."_s, 1).chopped(1)); });
    connect(dialog, &QFileDialog::fileSelected, this, &ResultView::write);
    dialog->open();
}

void ResultView::write(const QString &path)
{
    if (m_task != 0) {
        emit noted(tr("An export of these rows is running already."));
        return;
    }
    m_stop = {};
    m_task = m_tasks.begin(tr("Exporting to %1").arg(QFileInfo(path).fileName()), [stop = m_stop]() mutable { stop.request_stop(); });
    auto promise = std::make_shared<QPromise<Result<qint64>>>();
    promise->start();
    const QFuture<Result<qint64>> future = promise->future();
    m_workers.start([promise, rows = m_rows, engine = m_engine, path, stop = m_stop.get_token()] {
        promise->addResult(writeFile(*rows, engine, path, stop));
        promise->finish();
    });
    onResult(future, this, [this, path](const Result<qint64> &written) {
        m_tasks.end(std::exchange(m_task, 0));
        if (written)
            emit noted(tr("%1 rows in %2").arg(QLocale().toString(*written), path));
        else
            emit failed(written.error());
    });
}

} // namespace turnstone
