// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/exportdialog.h"

#include "models/core/async.h"
#include "models/documents/chatexport.h"
#include "models/documents/treedocument.h"
#include "models/documents/treeexport.h"
#include "models/items/rowfiltersql.h"
#include "models/lenses/transcript.h"
#include "models/transfer/profiletraits.h"
#include "views/transfer/transferprogress.h"
#include "views/panels/tasks.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int previewRows = 20;
constexpr qsizetype previewBytes = 64 * 1024;
constexpr int delayMs = 120;
const auto presetGroup = u"export/presets"_s;

template<typename Widget>
Widget *named(Widget *widget, const QString &name, const QString &accessibleName)
{
    widget->setObjectName(name);
    widget->setAccessibleName(accessibleName);
    return widget;
}

QComboBox *choice(const QString &name, const QString &accessibleName, const QList<std::pair<QString, QString>> &entries, QWidget *parent)
{
    auto *box = named(new QComboBox(parent), name, accessibleName);
    for (const auto &[text, word] : entries)
        box->addItem(text, word);
    return box;
}

void select(QComboBox *box, const QVariant &word)
{
    if (const int place = box->findData(word); place >= 0)
        box->setCurrentIndex(place);
}

QString suffixOf(const QString &format)
{
    if (format == u"markdown")
        return u"md"_s;
    return format == u"chat" ? u"jsonl"_s : format;
}

} // namespace

ExportDialog::ExportDialog(const PanelServices &services, DatabaseContext context, const TablePlace &place, RowKey record, QWidget *parent)
    : QDialog(parent), m_services(services), m_context(std::move(context)), m_place(place), m_record(std::move(record))
{
    setObjectName(u"exportDialog"_s);
    setWindowTitle(tr("Export"));
    m_isSetting = true;
    build();
    fillTables(place);
    loadPresets();
    m_isSetting = false;
    tableChanged();
    setChoices(m_services.settings.value(u"export/last"_s).toMap());
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &ExportDialog::preview);
    optionsChanged();
}

ExportDialog::~ExportDialog()
{
    m_previewStop.request_stop();
}

void ExportDialog::build()
{
    m_preview = named(new QPlainTextEdit(this), u"exportPreview"_s, tr("Preview"));
    m_preview->setReadOnly(true);
    m_preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_preview->setFont(fixedFont());
    m_file = named(new QLineEdit(this), u"exportFile"_s, tr("File"));
    m_message = new MessageBar(this);
    m_progress = new TransferProgress(m_services.tasks, this);
    auto *browse = named(new QPushButton(tr("&Browse…"), this), u"exportBrowse"_s, tr("Choose the file"));
    browse->setAutoDefault(false);
    auto *close = named(new QPushButton(tr("&Close"), this), u"exportClose"_s, tr("Close"));
    close->setAutoDefault(false);
    m_export = named(new QPushButton(tr("&Export"), this), u"exportStart"_s, tr("Export"));
    m_export->setDefault(true);

    auto *fileRow = new QHBoxLayout;
    fileRow->addWidget(new QLabel(tr("To"), this));
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(browse);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_export);
    auto *right = new QVBoxLayout;
    auto *caption = new QLabel(tr("The first rows"), this);
    caption->setFont(sizedFont(font(), metrics::captionPx));
    right->addWidget(caption);
    right->addWidget(m_preview, 1);
    right->addWidget(m_message);
    right->addLayout(fileRow);
    right->addWidget(m_progress);
    right->addLayout(buttons);
    right->setSpacing(metrics::space3);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space5);
    layout->addWidget(buildOptions());
    layout->addLayout(right, 1);
    resize(scaled(1040), scaled(620));
    connect(browse, &QPushButton::clicked, this, &ExportDialog::chooseFile);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_export, &QPushButton::clicked, this, &ExportDialog::start);
}

QWidget *ExportDialog::buildOptions()
{
    auto *panel = new QWidget(this);
    panel->setFixedWidth(scaled(368));
    auto *form = new QFormLayout(panel);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(metrics::space2);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_presets = named(new QComboBox(panel), u"exportPresets"_s, tr("Preset"));
    auto *save = named(new QPushButton(tr("Sa&ve…"), panel), u"exportSavePreset"_s, tr("Save as preset"));
    auto *remove = named(new QPushButton(tr("&Remove"), panel), u"exportRemovePreset"_s, tr("Remove the preset"));
    for (QPushButton *button : {save, remove})
        button->setAutoDefault(false);
    auto *presetRow = new QHBoxLayout;
    presetRow->addWidget(m_presets, 1);
    presetRow->addWidget(save);
    presetRow->addWidget(remove);
    form->addRow(tr("Preset"), presetRow);
    m_table = named(new QComboBox(panel), u"exportTable"_s, tr("Table"));
    m_table->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_what = named(new QComboBox(panel), u"exportWhat"_s, tr("What"));
    m_onlyShown = named(new QCheckBox(tr("Only the rows shown"), panel), u"exportOnlyShown"_s, tr("Only the rows shown"));
    m_onlyRecord = named(new QCheckBox(tr("Only the current record"), panel), u"exportOnlyRecord"_s, tr("Only the current record"));
    m_columns = named(new QListWidget(panel), u"exportColumns"_s, tr("Columns"));
    form->addRow(tr("Table"), m_table);
    form->addRow(tr("What"), m_what);
    form->addRow(QString(), m_onlyShown);
    form->addRow(QString(), m_onlyRecord);
    form->addRow(tr("Columns"), m_columns);
    m_format = named(new QComboBox(panel), u"exportFormat"_s, tr("Format"));
    m_separator = choice(u"exportSeparator"_s, tr("Separator"), {{tr("Comma"), u","_s}, {tr("Semicolon"), u";"_s}, {tr("Tab"), u"\t"_s}, {tr("Bar"), u"|"_s}}, panel);
    m_quoting = choice(u"exportQuoting"_s, tr("Quotes"), {{tr("Where needed"), u"needed"_s}, {tr("Around texts"), u"texts"_s}, {tr("Around everything"), u"all"_s}}, panel);
    m_null = named(new QLineEdit(panel), u"exportNull"_s, tr("Text for NULL"));
    m_null->setPlaceholderText(tr("nothing; an empty text is \"\""));
    m_header = named(new QCheckBox(tr("Names in the first line"), panel), u"exportHeader"_s, tr("Names in the first line"));
    m_header->setChecked(true);
    m_mark = named(new QCheckBox(tr("Byte order mark (Excel)"), panel), u"exportMark"_s, tr("Byte order mark"));
    m_crlf = named(new QCheckBox(tr("Lines end with CR LF"), panel), u"exportCrLf"_s, tr("Lines end with CR LF"));
    m_blobs = choice(u"exportBlobs"_s, tr("Bytes"), {{tr("As usual in the format"), u"usual"_s}, {tr("Base64"), u"base64"_s}, {tr("Hex"), u"hex"_s}}, panel);
    m_json = choice(u"exportJson"_s, tr("JSON in columns"), {{tr("Nested"), u"nested"_s}, {tr("As text"), u"text"_s}}, panel);
    m_times = choice(u"exportTimes"_s, tr("Times"), {{tr("As stored"), u"stored"_s}, {tr("ISO 8601 in UTC"), u"utc"_s}, {tr("ISO 8601, local"), u"local"_s}}, panel);
    form->addRow(tr("Format"), m_format);
    form->addRow(tr("Separator"), m_separator);
    form->addRow(tr("Quotes"), m_quoting);
    form->addRow(tr("NULL"), m_null);
    form->addRow(QString(), m_header);
    form->addRow(QString(), m_mark);
    form->addRow(QString(), m_crlf);
    form->addRow(tr("Bytes"), m_blobs);
    form->addRow(tr("JSON"), m_json);
    form->addRow(tr("Times"), m_times);
    connect(save, &QPushButton::clicked, this, &ExportDialog::savePreset);
    connect(remove, &QPushButton::clicked, this, &ExportDialog::removePreset);
    connect(m_presets, &QComboBox::activated, this, [this](int place) { setChoices(m_presets->itemData(place).toMap()); });
    connect(m_table, &QComboBox::currentIndexChanged, this, &ExportDialog::tableChanged);
    connect(m_what, &QComboBox::currentIndexChanged, this, &ExportDialog::whatChanged);
    for (QComboBox *box : {m_format, m_separator, m_quoting, m_blobs, m_json, m_times})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::optionsChanged);
    for (QCheckBox *box : {m_onlyShown, m_onlyRecord, m_header, m_mark, m_crlf})
        connect(box, &QCheckBox::toggled, this, &ExportDialog::optionsChanged);
    connect(m_null, &QLineEdit::textChanged, this, &ExportDialog::optionsChanged);
    connect(m_columns, &QListWidget::itemChanged, this, &ExportDialog::optionsChanged);
    return panel;
}

void ExportDialog::fillTables(const TablePlace &place)
{
    for (const CatalogTable &table : m_context.catalog->tables) {
        if (table.kind == TableKind::Shadow)
            continue;
        const bool isPlain = m_context.catalog->engine == Engine::Sqlite || table.schema == m_context.catalog->schemas.value(0);
        m_table->addItem(isPlain ? table.name : table.schema + u'.' + table.name, QStringList{table.schema, table.name});
        if (table.name == place.table && (place.schema.isEmpty() || place.schema == table.schema))
            m_table->setCurrentIndex(m_table->count() - 1);
    }
}

const CatalogTable *ExportDialog::table() const
{
    const QStringList name = m_table->currentData().toStringList();
    return name.size() == 2 ? m_context.catalog->table(name[1], name[0]) : nullptr;
}

ExportDialog::What ExportDialog::what() const
{
    return static_cast<What>(m_what->currentData().toInt());
}

void ExportDialog::tableChanged()
{
    const CatalogTable *chosen = table();
    if (m_isSetting || !chosen)
        return;
    m_isSetting = true;
    const QVariant before = m_what->currentData();
    m_what->clear();
    m_what->addItem(tr("Rows"), static_cast<int>(What::Rows));
    const auto tree = std::find_if(m_context.profile->trees.begin(), m_context.profile->trees.end(), [&](const TreeGroup &group) { return group.table == chosen->name; });
    if (tree != m_context.profile->trees.end())
        m_what->addItem(tr("With everything below"), static_cast<int>(What::Tree));
    const auto transcript = transcriptFor(*m_context.profile, chosen->name);
    const bool isConversation = transcript && transcript->table == chosen->name;
    if (isConversation || tree != m_context.profile->trees.end())
        m_what->addItem(tr("As documents"), static_cast<int>(What::Document));
    const bool hasCalls = std::any_of(m_context.profile->lenses.begin(), m_context.profile->lenses.end(), [&](const Lens &lens) { return lens.kind == u"call" && lens.table == chosen->name; });
    if (isConversation || hasCalls)
        m_what->addItem(tr("As chats for fine-tuning"), static_cast<int>(What::Chat));
    select(m_what, before);
    m_columns->clear();
    for (const CatalogColumn &column : chosen->columns) {
        if (column.hidden)
            continue;
        auto *item = new QListWidgetItem(column.name, m_columns);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
    }
    const bool isHere = chosen->name == m_place.table;
    m_onlyShown->setEnabled(isHere && !m_place.selection.isEmpty());
    m_onlyShown->setChecked(m_onlyShown->isEnabled());
    m_onlyRecord->setEnabled(isHere && !m_record.empty());
    m_onlyRecord->setChecked(false);
    m_isSetting = false;
    whatChanged();
}

void ExportDialog::whatChanged()
{
    if (m_isSetting)
        return;
    const QVariant before = m_format->currentData();
    m_isSetting = true;
    m_format->clear();
    const QList<std::pair<QString, QString>> all{{tr("CSV"), u"csv"_s}, {tr("JSON"), u"json"_s}, {tr("JSON Lines"), u"jsonl"_s}, {tr("Markdown"), u"markdown"_s},
                                                 {tr("SQL (INSERT)"), u"sql"_s}, {tr("Excel workbook"), u"xlsx"_s}};
    switch (what()) {
    case What::Rows:
        for (const auto &[text, word] : all)
            m_format->addItem(text, word);
        break;
    case What::Tree:
        m_format->addItem(tr("JSON, nested"), u"json"_s);
        m_format->addItem(tr("JSON Lines, nested"), u"jsonl"_s);
        break;
    case What::Document: m_format->addItem(tr("Markdown"), u"markdown"_s); break;
    case What::Chat: m_format->addItem(tr("JSON Lines of messages"), u"chat"_s); break;
    }
    select(m_format, before);
    m_isSetting = false;
    optionsChanged();
}

void ExportDialog::optionsChanged()
{
    if (m_isSetting)
        return;
    const QString word = m_format->currentData().toString();
    const bool isRows = what() == What::Rows;
    const bool isCsv = word == u"csv";
    for (QWidget *widget : std::initializer_list<QWidget *>{m_separator, m_quoting, m_null, m_header, m_mark, m_crlf})
        widget->setEnabled(isCsv);
    m_columns->setEnabled(isRows);
    m_json->setEnabled(word == u"json" || word == u"jsonl");
    m_blobs->setEnabled(isCsv || m_json->isEnabled());
    m_times->setEnabled(what() != What::Document && what() != What::Chat && word != u"sql" && word != u"xlsx");
    if (const CatalogTable *chosen = table()) {
        const QString folder = m_services.settings.value(u"export/folder"_s, QDir::homePath()).toString();
        const QFileInfo old(m_file->text());
        if (m_file->text().isEmpty() || !old.baseName().isEmpty())
            m_file->setText(QDir(m_file->text().isEmpty() ? folder : old.path()).filePath(chosen->name + u'.' + suffixOf(word)));
    }
    m_delay.start(delayMs);
}

FormatOptions ExportDialog::format() const
{
    FormatOptions options;
    options.format = m_format->currentData().toString();
    options.separator = m_separator->currentData().toString().toLatin1().at(0);
    const QString quoting = m_quoting->currentData().toString();
    options.quoting = quoting == u"all" ? FormatOptions::Quoting::Everything : quoting == u"texts" ? FormatOptions::Quoting::Texts : FormatOptions::Quoting::WhereNeeded;
    options.nullText = m_null->text().toUtf8();
    options.hasHeader = m_header->isChecked();
    options.hasByteOrderMark = m_mark->isChecked();
    options.hasCrLf = m_crlf->isChecked();
    const QString blobs = m_blobs->currentData().toString();
    options.blobs = blobs == u"base64" ? FormatOptions::Blobs::Base64 : blobs == u"hex" ? FormatOptions::Blobs::Hex : FormatOptions::Blobs::Usual;
    options.jsonAsText = m_json->currentData().toString() == u"text";
    const QString times = m_times->currentData().toString();
    if (m_times->isEnabled() && times != u"stored")
        options.zone = times == u"utc" ? QTimeZone::utc() : QTimeZone::systemTimeZone();
    if (const CatalogTable *chosen = table()) {
        options.table = chosen->name;
        options.schema = chosen->engine == Engine::Sqlite ? QString() : chosen->schema;
    }
    return options;
}

Result<ExportSource> ExportDialog::source() const
{
    const CatalogTable *chosen = table();
    if (!chosen)
        return failure(ErrorCode::NotFound, tr("There is no table to export."));
    ExportSource::Rows rows;
    rows.table = *chosen;
    const bool isSql = m_format->currentData().toString() == u"sql";
    for (int i = 0; i < m_columns->count(); ++i) {
        const CatalogColumn *column = chosen->column(m_columns->item(i)->text());
        if (m_columns->item(i)->checkState() == Qt::Checked && !(isSql && column && column->generated && !column->identity))
            rows.columns.append(m_columns->item(i)->text());
    }
    if (rows.columns.isEmpty())
        return failure(ErrorCode::InvalidInput, tr("Check at least one column."));
    std::vector<RowFilter> filters;
    if (m_onlyShown->isEnabled() && m_onlyShown->isChecked())
        filters = m_place.selection.filters;
    const QStringList identity = chosen->identityColumns();
    if (m_onlyRecord->isEnabled() && m_onlyRecord->isChecked() && static_cast<std::size_t>(identity.size()) == m_record.size()) {
        for (qsizetype i = 0; i < identity.size(); ++i)
            filters.push_back({identity[i], FilterOperator::Equals, {m_record[static_cast<std::size_t>(i)]}, false});
    }
    BoundSql sql(chosen->engine);
    rows.where = RowFilterSql::where(*chosen, filters, sql);
    rows.values = sql.parameters;
    if (m_onlyShown->isEnabled() && m_onlyShown->isChecked()) {
        QStringList order;
        for (const SortTerm &term : m_place.selection.order)
            order.append(Connection::quoted(term.column) + (term.isDescending ? u" DESC"_s : QString()));
        rows.order = order.join(u", "_s);
    }
    ExportSource source;
    if (const TableProfile *known = m_context.profile->table(chosen->name))
        source.traits = traitsOf(*known);
    source.rows = std::move(rows);
    return source;
}

QString ExportDialog::recordText() const
{
    QStringList parts;
    for (const Value &value : m_record)
        parts.append(value.toDisplayText());
    return m_onlyRecord->isEnabled() && m_onlyRecord->isChecked() ? parts.join(u',') : QString();
}

DocumentRequest ExportDialog::request() const
{
    DocumentRequest request;
    const CatalogTable *chosen = table();
    const auto tree = std::find_if(m_context.profile->trees.begin(), m_context.profile->trees.end(), [&](const TreeGroup &group) { return chosen && group.table == chosen->name; });
    request.isTable = tree == m_context.profile->trees.end();
    request.root = request.isTable ? (chosen ? chosen->name : QString()) : tree->id;
    request.key = recordText();
    request.format = format();
    return request;
}

namespace {

using Catalogs = std::pair<std::shared_ptr<const Catalog>, std::shared_ptr<const ResolvedProfile>>;

Result<ExportReport> writeDocuments(Connection &connection, const Catalogs &known, const DocumentRequest &request, const ByteSink &sink, const std::stop_token &stop, const ExportProgressSink &progress)
{
    if (request.format.format == u"chat")
        return exportChats(connection, *known.first, *known.second, request, sink, progress);
    if (request.format.format == u"markdown")
        return exportDocuments(connection, *known.first, *known.second, request, sink, progress);
    return exportTree(connection, *known.first, *known.second, request, sink, stop, progress);
}

/// Ends the writing once there is enough to look at.
Error enough()
{
    return {ErrorCode::Cancelled, {}, {}, -1};
}

} // namespace

void ExportDialog::preview()
{
    m_previewStop.request_stop();
    m_previewStop = std::stop_source();
    const int turn = ++m_previewed;
    const std::stop_token stop = m_previewStop.get_token();
    Result<ExportSource> rows = what() == What::Rows ? source() : Result<ExportSource>(ExportSource());
    if (!rows) {
        m_message->showError(rows.error());
        return;
    }
    if (rows->rows)
        rows->rows->limit = previewRows;
    FormatOptions options = format();
    if (options.format == u"xlsx") { // as the cells will stand
        options = FormatOptions();
        options.separator = '\t';
        options.table = u"rows"_s;
    }
    DocumentRequest documents = request();
    const bool isRows = what() == What::Rows;
    const Catalogs known{m_context.catalog, m_context.profile};
    const auto job = [=](Connection &connection) -> Result<QByteArray> {
        QByteArray text;
        const ByteSink sink = [&](QByteArrayView bytes) -> Result<> {
            text += bytes;
            return text.size() < previewBytes ? Result<>() : Result<>(tl::unexpected(enough()));
        };
        DocumentRequest first = documents;
        if (!isRows && first.key.isEmpty()) {
            const Result<> found = forEachRecord(connection, *known.first, *known.second, first, [&](const RowKey &key) -> Result<> {
                QStringList parts;
                for (const Value &value : key)
                    parts.append(value.toDisplayText());
                first.key = parts.join(u',');
                return tl::unexpected(enough());
            });
            if (!found && found.error().code != ErrorCode::Cancelled)
                return failure(found);
            if (first.key.isEmpty())
                return QByteArray();
        }
        const Result<ExportReport> report = isRows ? exportToSink(connection, *rows, options, sink) : writeDocuments(connection, known, first, sink, stop, {});
        if (!report && (report.error().code != ErrorCode::Cancelled || text.isEmpty()))
            return failure(report);
        return text.left(previewBytes);
    };
    onResult(m_context.pool->read(job, stop), this, [this, turn](const Result<QByteArray> &text) {
        if (turn != m_previewed)
            return;
        if (!text && text.error().code != ErrorCode::Cancelled)
            m_message->showError(text.error());
        else
            m_message->clear();
        m_preview->setPlainText(text ? QString::fromUtf8(*text) : QString());
        m_preview->setPlaceholderText(tr("There are no rows."));
    });
}

void ExportDialog::chooseFile()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Export to"), m_file->text(), {}, nullptr, QFileDialog::DontConfirmOverwrite);
    if (!path.isEmpty())
        m_file->setText(path);
}

void ExportDialog::start()
{
    if (m_progress->isRunning() || m_file->text().trimmed().isEmpty())
        return;
    const Result<ExportSource> rows = what() == What::Rows ? source() : Result<ExportSource>(ExportSource());
    if (!rows) {
        m_message->showError(rows.error());
        return;
    }
    const QString path = QDir().absoluteFilePath(m_file->text().trimmed());
    m_services.settings.setValue(u"export/folder"_s, QFileInfo(path).path());
    m_services.settings.setValue(u"export/last"_s, choices());
    const auto state = m_progress->begin(tr("Exporting %1").arg(table()->name));
    const std::stop_token stop = m_progress->stopToken();
    m_export->setEnabled(false);
    m_message->clear();
    const bool isRows = what() == What::Rows;
    const Catalogs known{m_context.catalog, m_context.profile};
    const auto job = [source = *rows, options = format(), documents = request(), isRows, known, path, stop, state](Connection &connection) {
        const ExportProgressSink tell = [&](const ExportProgress &at) {
            state->rows = at.rows;
            state->fraction = at.fraction;
        };
        if (isRows)
            return exportToFile(connection, source, options, path, stop, tell);
        return writeWholeFile(path, [&](const ByteSink &sink) { return writeDocuments(connection, known, documents, sink, stop, tell); });
    };
    onResult(m_context.pool->read(job, stop), this, [this, path](const Result<ExportReport> &report) { finished(report, path); });
}

void ExportDialog::finished(const Result<ExportReport> &report, const QString &path)
{
    m_progress->end();
    m_export->setEnabled(true);
    if (!report) {
        if (report.error().code == ErrorCode::Cancelled)
            m_message->showNote(tr("Stopped. No file was written."));
        else
            m_message->showError(report.error());
        return;
    }
    const QLocale locale;
    QString text = tr("%1 rows, %2, in %3.").arg(locale.toString(report->rows), locale.formattedDataSize(report->bytes, 1, QLocale::DataSizeSIFormat), path);
    QStringList notes = report->notes;
    for (const QString &place : report->undecodable)
        notes.append(tr("not UTF-8: %1").arg(place));
    if (notes.isEmpty()) {
        m_services.tasks.note(text);
        m_message->showNote(text);
        return;
    }
    m_message->showError({ErrorCode::Io, text + u' ' + tr("Some values could not be written as they are."), notes.join(u'\n'), -1});
}

void ExportDialog::done(int result)
{
    m_progress->stop();
    m_previewStop.request_stop();
    QDialog::done(result);
}

QVariantMap ExportDialog::choices() const
{
    return {{u"what"_s, m_what->currentData()}, {u"format"_s, m_format->currentData()}, {u"separator"_s, m_separator->currentData()}, {u"quoting"_s, m_quoting->currentData()},
            {u"null"_s, m_null->text()}, {u"header"_s, m_header->isChecked()}, {u"mark"_s, m_mark->isChecked()}, {u"crlf"_s, m_crlf->isChecked()},
            {u"blobs"_s, m_blobs->currentData()}, {u"json"_s, m_json->currentData()}, {u"times"_s, m_times->currentData()}};
}

void ExportDialog::setChoices(const QVariantMap &choices)
{
    if (choices.isEmpty())
        return;
    select(m_what, choices[u"what"_s].toInt());
    m_isSetting = true;
    select(m_format, choices[u"format"_s].toString());
    select(m_separator, choices[u"separator"_s].toString());
    select(m_quoting, choices[u"quoting"_s].toString());
    m_null->setText(choices[u"null"_s].toString());
    m_header->setChecked(choices.value(u"header"_s, true).toBool());
    m_mark->setChecked(choices[u"mark"_s].toBool());
    m_crlf->setChecked(choices[u"crlf"_s].toBool());
    select(m_blobs, choices[u"blobs"_s].toString());
    select(m_json, choices[u"json"_s].toString());
    select(m_times, choices[u"times"_s].toString());
    m_isSetting = false;
    optionsChanged();
}

void ExportDialog::loadPresets()
{
    m_presets->clear();
    m_presets->addItem(tr("As last time"), m_services.settings.value(u"export/last"_s));
    m_services.settings.beginGroup(presetGroup);
    const QStringList names = m_services.settings.childKeys();
    for (const QString &name : names)
        m_presets->addItem(QString::fromUtf8(QByteArray::fromPercentEncoding(name.toLatin1())), m_services.settings.value(name));
    m_services.settings.endGroup();
}

void ExportDialog::savePreset()
{
    auto *ask = new QInputDialog(this);
    ask->setAttribute(Qt::WA_DeleteOnClose);
    ask->setObjectName(u"exportPresetName"_s);
    ask->setWindowTitle(tr("Save preset"));
    ask->setLabelText(tr("Name"));
    ask->setOkButtonText(tr("Save"));
    connect(ask, &QInputDialog::textValueSelected, this, [this](const QString &name) {
        if (name.trimmed().isEmpty())
            return;
        m_services.settings.setValue(presetGroup + u'/' + QString::fromLatin1(name.trimmed().toUtf8().toPercentEncoding()), choices());
        loadPresets();
        m_presets->setCurrentText(name.trimmed());
    });
    ask->open();
}

void ExportDialog::removePreset()
{
    if (m_presets->currentIndex() <= 0)
        return;
    m_services.settings.remove(presetGroup + u'/' + QString::fromLatin1(m_presets->currentText().toUtf8().toPercentEncoding()));
    loadPresets();
}

} // namespace turnstone
