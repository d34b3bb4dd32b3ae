// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/importdialog.h"

#include "models/catalog/catalogreader.h"
#include "models/core/async.h"
#include "views/panels/writeguard.h"
#include "views/transfer/transferprogress.h"
#include "views/panels/tasks.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

#include <algorithm>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 lookedRows = 10'000; // whose values the guesses of types rest on, until the import looks at all
constexpr int shownRows = 30;
constexpr int shownCharacters = 80;
constexpr int delayMs = 250;
constexpr qint64 batchRows = 50'000;

template<typename Widget>
Widget *named(Widget *widget, const QString &name, const QString &accessibleName)
{
    widget->setObjectName(name);
    widget->setAccessibleName(accessibleName);
    return widget;
}

QStringList typesOf(Engine engine)
{
    if (engine == Engine::Sqlite)
        return {u"INTEGER"_s, u"REAL"_s, u"TEXT"_s, u"NUMERIC"_s, u"BLOB"_s, u"JSON"_s, u"BOOLEAN"_s, u"DATETIME"_s};
    return {u"bigint"_s, u"integer"_s, u"numeric"_s, u"double precision"_s, u"text"_s, u"boolean"_s, u"json"_s, u"jsonb"_s, u"timestamp"_s, u"timestamptz"_s, u"date"_s, u"uuid"_s, u"bytea"_s};
}

} // namespace

ImportDialog::ImportDialog(const PanelServices &services, DatabaseContext context, const QString &table, QWidget *parent)
    : QDialog(parent), m_services(services), m_context(std::move(context))
{
    setObjectName(u"importDialog"_s);
    setWindowTitle(tr("Import"));
    build();
    m_table->addItem(tr("New table"), QStringList());
    for (const CatalogTable &known : m_context.catalog->tables) {
        if (known.kind != TableKind::Table && known.kind != TableKind::Partitioned)
            continue;
        const bool isPlain = m_context.catalog->engine == Engine::Sqlite || known.schema == m_context.catalog->schemas.value(0);
        m_table->addItem(isPlain ? known.name : known.schema + u'.' + known.name, QStringList{known.schema, known.name});
        if (known.name == table)
            m_table->setCurrentIndex(m_table->count() - 1);
    }
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &ImportDialog::look);
    connect(m_file, &QLineEdit::textChanged, this, [this] {
        m_skip->setValue(0);
        m_delay.start(delayMs);
    });
    connect(m_null, &QLineEdit::textChanged, this, [this] { m_delay.start(delayMs); });
    connect(m_header, &QCheckBox::toggled, this, [this] { m_delay.start(delayMs); });
    for (QComboBox *box : {m_format, m_separator})
        connect(box, &QComboBox::currentIndexChanged, this, [this] { m_delay.start(delayMs); });
    connect(m_table, &QComboBox::currentIndexChanged, this, &ImportDialog::targetChanged);
    targetChanged();
}

ImportDialog::~ImportDialog()
{
    m_lookStop.request_stop();
}

void ImportDialog::build()
{
    m_file = named(new QLineEdit(this), u"importFile"_s, tr("File"));
    m_file->setPlaceholderText(tr("CSV, TSV or JSON"));
    auto *browse = named(new QPushButton(tr("&Browse…"), this), u"importBrowse"_s, tr("Choose the file"));
    m_format = named(new QComboBox(this), u"importFormat"_s, tr("Format"));
    for (const auto &[text, word] : {std::pair(tr("By the file's name"), QString()), std::pair(tr("CSV"), u"csv"_s), std::pair(tr("JSON or JSON Lines"), u"json"_s)})
        m_format->addItem(text, word);
    m_separator = named(new QComboBox(this), u"importSeparator"_s, tr("Separator"));
    for (const auto &[text, word] : {std::pair(tr("Guessed"), QString()), std::pair(tr("Comma"), u","_s), std::pair(tr("Semicolon"), u";"_s), std::pair(tr("Tab"), u"\t"_s), std::pair(tr("Bar"), u"|"_s)})
        m_separator->addItem(text, word);
    m_header = named(new QCheckBox(tr("Names in the first line"), this), u"importHeader"_s, tr("Names in the first line"));
    m_header->setChecked(true);
    m_null = named(new QLineEdit(this), u"importNull"_s, tr("Text for NULL"));
    m_null->setPlaceholderText(tr("an empty field without quotes"));
    m_table = named(new QComboBox(this), u"importTable"_s, tr("Table"));
    m_newName = named(new QLineEdit(this), u"importNewName"_s, tr("Name of the new table"));
    m_newName->setPlaceholderText(tr("Name of the new table"));
    m_conflict = named(new QComboBox(this), u"importConflict"_s, tr("Rows that are there already"));
    for (const auto &[text, rule] : {std::pair(tr("End the import"), ImportConflict::Abort), std::pair(tr("Keep what is there"), ImportConflict::Skip),
                                     std::pair(tr("Replace the whole row"), ImportConflict::Replace), std::pair(tr("Update the file's columns"), ImportConflict::Update)})
        m_conflict->addItem(text, static_cast<int>(rule));
    m_transaction = named(new QComboBox(this), u"importTransaction"_s, tr("Saved"));
    m_transaction->addItem(tr("All rows or none"), qint64(0));
    m_transaction->addItem(tr("Every %1 rows").arg(QLocale().toString(batchRows)), batchRows);
    m_skip = named(new QSpinBox(this), u"importSkip"_s, tr("Rows at the start of the file to leave out"));
    m_skip->setRange(0, std::numeric_limits<int>::max());
    m_skip->setGroupSeparatorShown(true);
    m_skip->setSpecialValueText(tr("no row"));
    m_skip->setToolTip(tr("Rows that an earlier import has saved; filled in when one ends early"));
    m_columns = named(new QTableWidget(0, 3, this), u"importColumns"_s, tr("Columns"));
    m_columns->setHorizontalHeaderLabels({tr("In the file"), tr("Goes to"), tr("Type")});
    m_columns->verticalHeader()->hide();
    m_columns->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_columns->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_columns->setShowGrid(false);
    m_columns->verticalHeader()->setDefaultSectionSize(std::max(scaled(metrics::roomyRow), m_table->sizeHint().height() + 2 * metrics::space1));
    m_columns->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_rows = named(new QTableWidget(this), u"importRows"_s, tr("The first rows"));
    m_rows->verticalHeader()->hide();
    m_rows->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_rows->setShowGrid(false);
    m_rows->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_rowsTitle = new QLabel(tr("The first rows"), this);
    m_rowsTitle->setObjectName(u"importRowsTitle"_s);
    m_message = new MessageBar(this);
    m_progress = new TransferProgress(m_services.tasks, this);
    auto *close = named(new QPushButton(tr("&Close"), this), u"importClose"_s, tr("Close"));
    m_try = named(new QPushButton(tr("&Try"), this), u"importTry"_s, tr("Try without keeping anything"));
    m_try->setToolTip(tr("Does everything, then takes it back"));
    m_import = named(new QPushButton(tr("&Import"), this), u"importStart"_s, tr("Import"));
    m_import->setDefault(true);
    for (QPushButton *button : {browse, close, m_try})
        button->setAutoDefault(false);

    auto *fileRow = new QHBoxLayout;
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(browse);
    auto *left = new QFormLayout;
    left->setSpacing(metrics::space2);
    left->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    left->addRow(tr("File"), fileRow);
    left->addRow(tr("Format"), m_format);
    left->addRow(tr("Separator"), m_separator);
    left->addRow(tr("NULL is"), m_null);
    left->addRow(QString(), m_header);
    left->addRow(tr("Into"), m_table);
    left->addRow(QString(), m_newName);
    left->addRow(tr("A key that is there"), m_conflict);
    left->addRow(tr("Saved"), m_transaction);
    left->addRow(tr("Leave out first"), m_skip);
    auto *options = new QWidget(this);
    options->setFixedWidth(scaled(360));
    auto *optionsLayout = new QVBoxLayout(options);
    optionsLayout->setContentsMargins(0, 0, 0, 0);
    optionsLayout->addLayout(left);
    optionsLayout->addWidget(m_columns, 1);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_try);
    buttons->addWidget(m_import);
    auto *right = new QVBoxLayout;
    right->setSpacing(metrics::space3);
    right->addWidget(m_rowsTitle);
    right->addWidget(m_rows, 1);
    right->addWidget(m_message);
    right->addWidget(m_progress);
    right->addLayout(buttons);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space5);
    layout->addWidget(options);
    layout->addLayout(right, 1);
    resize(scaled(1040), scaled(640));
    connect(browse, &QPushButton::clicked, this, &ImportDialog::chooseFile);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_try, &QPushButton::clicked, this, [this] { start(true); });
    connect(m_import, &QPushButton::clicked, this, [this] { start(false); });
}

void ImportDialog::setFile(const QString &path)
{
    m_file->setText(path);
}

void ImportDialog::chooseFile()
{
    const QString folder = m_services.settings.value(u"import/folder"_s).toString();
    const QString path = QFileDialog::getOpenFileName(this, tr("Import"), folder, tr("Rows (*.csv *.tsv *.txt *.json *.jsonl *.ndjson);;All files (*)"));
    if (path.isEmpty())
        return;
    m_services.settings.setValue(u"import/folder"_s, QFileInfo(path).path());
    setFile(path);
}

ReadOptions ImportDialog::reading() const
{
    ReadOptions options;
    options.format = m_format->currentData().toString();
    const QString separator = m_separator->currentData().toString();
    options.separator = separator.isEmpty() ? '\0' : separator.toLatin1().at(0);
    options.hasHeader = m_header->isChecked();
    options.nullText = m_null->text().toUtf8();
    return options;
}

bool ImportDialog::isNewTable() const
{
    return m_table->currentData().toStringList().isEmpty();
}

const CatalogTable *ImportDialog::target() const
{
    const QStringList name = m_table->currentData().toStringList();
    return name.size() == 2 ? m_context.catalog->table(name[1], name[0]) : nullptr;
}

void ImportDialog::look()
{
    m_lookStop.request_stop();
    m_lookStop = std::stop_source();
    const int turn = ++m_looked;
    const QString path = m_file->text().trimmed();
    if (path.isEmpty())
        return;
    if (isNewTable() && m_newName->text().isEmpty())
        m_newName->setText(QFileInfo(path).completeBaseName());
    const auto job = [path, options = reading(), engine = m_context.catalog->engine, stop = m_lookStop.get_token()] { return previewImport(path, options, engine, lookedRows, shownRows, stop); };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this, turn](const Result<ImportPreview> &preview) {
        if (turn == m_looked)
            showPreview(preview);
    });
}

void ImportDialog::showPreview(const Result<ImportPreview> &preview)
{
    m_preview.reset();
    m_rows->clear();
    m_rows->setRowCount(0);
    m_rows->setColumnCount(0);
    if (!preview) {
        if (preview.error().code != ErrorCode::Cancelled)
            m_message->showError(preview.error());
        fillMapping();
        return;
    }
    m_preview = *preview;
    if (preview->problem.message.isEmpty())
        m_message->clear();
    else
        m_message->showError(preview->problem);
    const QLocale locale;
    m_rowsTitle->setText(preview->isWhole ? tr("%1 rows").arg(locale.toString(preview->rowsSeen)) : tr("The first of more than %1 rows").arg(locale.toString(preview->rowsSeen)));
    m_rows->setColumnCount(static_cast<int>(preview->names.size()));
    m_rows->setHorizontalHeaderLabels(preview->names);
    m_rows->setRowCount(static_cast<int>(preview->rows.size()));
    for (int row = 0; row < m_rows->rowCount(); ++row) {
        const std::vector<Value> &values = preview->rows[static_cast<std::size_t>(row)];
        for (int column = 0; column < m_rows->columnCount(); ++column) {
            const Value &value = values[static_cast<std::size_t>(column)];
            QString text = value.isNull() ? u"NULL"_s : value.toDisplayText();
            if (text.size() > shownCharacters)
                text = text.left(shownCharacters) + QChar(0x2026);
            auto *item = new QTableWidgetItem(text.replace(u'\n', QChar(0x23CE)));
            if (value.isNull())
                item->setForeground(Tokens::of(palette()).faint);
            m_rows->setItem(row, column, item);
        }
    }
    m_rows->resizeColumnsToContents();
    for (int column = 0; column < m_rows->columnCount(); ++column)
        m_rows->setColumnWidth(column, std::clamp(m_rows->columnWidth(column), scaled(metrics::minColumn), scaled(metrics::maxColumn)));
    fillMapping();
}

void ImportDialog::targetChanged()
{
    m_newName->setVisible(isNewTable());
    m_conflict->setEnabled(!isNewTable());
    fillMapping();
}

void ImportDialog::fillMapping()
{
    m_columns->setRowCount(0);
    const bool isReady = m_preview && !m_preview->names.isEmpty();
    m_import->setEnabled(isReady);
    m_try->setEnabled(isReady);
    if (!isReady)
        return;
    const CatalogTable *known = target();
    m_columns->setRowCount(static_cast<int>(m_preview->names.size()));
    for (int row = 0; row < m_columns->rowCount(); ++row) {
        const QString &name = m_preview->names[row];
        m_columns->setItem(row, 0, new QTableWidgetItem(name));
        auto *goes = named(new QComboBox(m_columns), u"importTarget%1"_s.arg(row), tr("%1 goes to").arg(name));
        goes->addItem(tr("(left out)"), QString());
        if (known) {
            for (const CatalogColumn &column : known->columns) {
                if (column.hidden || (column.generated && !column.identity))
                    continue;
                goes->addItem(column.name, column.name);
                if (column.name.compare(name, Qt::CaseInsensitive) == 0)
                    goes->setCurrentIndex(goes->count() - 1);
            }
        } else {
            goes->addItem(name, name);
            goes->setCurrentIndex(1);
        }
        putChoice(row, 1, goes);
        if (known) {
            const auto showType = [this, goes, row, known] {
                const CatalogColumn *column = known->column(goes->currentData().toString());
                m_columns->setItem(row, 2, new QTableWidgetItem(column ? column->type : QString()));
            };
            connect(goes, &QComboBox::currentIndexChanged, m_columns, showType);
            showType();
            continue;
        }
        auto *type = named(new QComboBox(m_columns), u"importType%1"_s.arg(row), tr("Type of %1").arg(name));
        type->setEditable(true);
        type->addItems(typesOf(m_context.catalog->engine));
        type->setCurrentText(m_preview->types[static_cast<std::size_t>(row)]);
        putChoice(row, 2, type);
    }
}

QComboBox *ImportDialog::choiceAt(int row, int column) const
{
    const QWidget *cell = m_columns->cellWidget(row, column);
    return cell ? cell->findChild<QComboBox *>() : nullptr;
}

/// With air around it, so that one does not touch the next.
void ImportDialog::putChoice(int row, int column, QComboBox *box)
{
    auto *cell = new QWidget(m_columns);
    auto *layout = new QHBoxLayout(cell);
    layout->setContentsMargins(metrics::space1 / 2, metrics::space1 / 2, metrics::space1, metrics::space1 / 2);
    layout->addWidget(box);
    cell->setFocusProxy(box);
    m_columns->setCellWidget(row, column, cell);
}

ImportRequest ImportDialog::request(bool isDryRun) const
{
    ImportRequest request;
    request.file = m_file->text().trimmed();
    request.reading = reading();
    request.isDryRun = isDryRun;
    request.batchRows = m_transaction->currentData().toLongLong();
    request.skippedRows = m_skip->value();
    request.conflict = static_cast<ImportConflict>(m_conflict->currentData().toInt());
    if (const CatalogTable *known = target()) {
        request.schema = known->schema;
        request.table = known->name;
    } else {
        request.createTable = true;
        request.table = m_newName->text().trimmed();
        request.conflict = ImportConflict::Abort;
    }
    for (int row = 0; row < m_columns->rowCount(); ++row) {
        ImportRequest::Column column;
        column.name = m_preview->names[row];
        column.target = choiceAt(row, 1)->currentData().toString();
        if (const QComboBox *type = choiceAt(row, 2)) {
            // What was guessed from the first rows only is guessed again from all of them.
            const bool isGuess = type->currentText() == m_preview->types[static_cast<std::size_t>(row)] && !m_preview->isWhole;
            column.type = isGuess ? QString() : type->currentText().trimmed();
        }
        request.columns.push_back(column);
    }
    return request;
}

void ImportDialog::start(bool isDryRun)
{
    if (m_progress->isRunning() || !m_preview)
        return;
    // A trial writes, too, and takes it back.
    if (const QString no = writeRefusal(m_context); !no.isEmpty()) {
        m_message->showError({ErrorCode::ReadOnly, no, {}, -1});
        return;
    }
    const ImportRequest wanted = request(isDryRun);
    if (wanted.table.isEmpty()) {
        m_message->showError({ErrorCode::InvalidInput, tr("The new table needs a name."), {}, -1});
        return;
    }
    m_message->clear();
    m_import->setEnabled(false);
    m_try->setEnabled(false);
    const auto state = m_progress->begin(isDryRun ? tr("Trying the import into %1").arg(wanted.table) : tr("Importing into %1").arg(wanted.table));
    const std::stop_token stop = m_progress->stopToken();
    m_saved = std::make_shared<std::atomic<qint64>>(0);
    const auto job = [wanted, stop, state, saved = m_saved](Connection &connection) -> Result<ImportReport> {
        const Result<Catalog> catalog = readCatalog(connection); // as it is now
        if (!catalog)
            return failure(catalog);
        return importFile(connection, *catalog, wanted, stop, [&](const ImportProgress &at) {
            state->rows = at.rows;
            state->fraction = at.fraction;
            *saved = at.saved;
        });
    };
    onResult(m_context.pool->runOnWriter(job, stop), this, [this, isDryRun](const Result<ImportReport> &report) { finished(report, isDryRun); });
}

void ImportDialog::finished(const Result<ImportReport> &report, bool isDryRun)
{
    m_progress->end();
    m_import->setEnabled(true);
    m_try->setEnabled(true);
    if (!report) {
        const qint64 saved = m_saved ? m_saved->load() : 0;
        if (saved > 0) { // the next run goes on there
            m_skip->setValue(static_cast<int>(std::min<qint64>(saved, m_skip->maximum())));
            emit imported();
        }
        if (report.error().code == ErrorCode::Cancelled)
            m_message->showNote(saved > 0 ? tr("Stopped. The first %1 rows are saved; Import goes on after them.").arg(QLocale().toString(saved)) : tr("Stopped. Nothing of it was kept."));
        else
            m_message->showError(report.error());
        return;
    }
    const QLocale locale;
    QString text = isDryRun ? tr("It would work: %1 rows read, %2 written. Nothing was kept.") : tr("%1 rows read, %2 written.");
    text = text.arg(locale.toString(report->rows), locale.toString(report->written));
    if (!report->notes.isEmpty())
        text += u' ' + report->notes.join(u"; "_s) + u'.';
    m_message->showNote(text);
    if (isDryRun)
        return;
    m_skip->setValue(0);
    m_services.tasks.note(text);
    emit imported();
}

void ImportDialog::done(int result)
{
    m_progress->stop();
    m_lookStop.request_stop();
    QDialog::done(result);
}

} // namespace turnstone
