// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/indexstrip.h"

#include "models/browsing/databasecontext.h"
#include "models/core/async.h"
#include "views/panels/tasks.h"
#include "views/panels/writeguard.h"
#include "views/similarity/sessionkeeper.h"
#include "views/widgets/theme.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int watchMs = 500;
constexpr int sampledQueries = 40;

} // namespace

IndexStrip::IndexStrip(const PanelServices &services, const DatabaseContext &context, QWidget *parent)
    : QWidget(parent), m_services(services), m_context(context), m_text(new QLabel(this)), m_create(new QPushButton(tr("Create index…"), this)), m_measure(new QPushButton(tr("Measure recall"), this))
{
    setObjectName(u"indexStrip"_s);
    m_text->setObjectName(u"indexText"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setWordWrap(true); // else its length presses the panels beside it together
    m_create->setObjectName(u"createVectorIndex"_s);
    m_create->setAccessibleName(tr("Create an index for these vectors"));
    m_measure->setObjectName(u"measureRecall"_s);
    m_measure->setAccessibleName(tr("Compare the index with exact search on a sample"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_measure);
    layout->addWidget(m_create);
    m_watch.setInterval(watchMs);
    connect(&m_watch, &QTimer::timeout, this, &IndexStrip::watch);
    connect(m_create, &QPushButton::clicked, this, &IndexStrip::askForIndex);
    connect(m_measure, &QPushButton::clicked, this, &IndexStrip::measure);
    hide();
}

IndexStrip::~IndexStrip()
{
    m_stop.request_stop();
    if (m_task >= 0)
        m_services.tasks.end(m_task);
}

void IndexStrip::setColumn(const VectorColumn &column)
{
    const bool isNew = column.name() != m_column.name();
    m_column = column;
    const bool canIndex = column.isServerSide && (column.storage == VectorColumn::Storage::PgVector || column.storage == VectorColumn::Storage::PgHalfVector || column.storage == VectorColumn::Storage::PgSparseVector);
    setVisible(canIndex);
    if (canIndex && isNew) {
        m_recall.clear();
        m_indexes.clear();
        m_isRead = false;
        m_measure->hide();
        read();
    }
}

void IndexStrip::setUsed(const std::optional<QString> &index)
{
    m_used = index;
    if (!m_isRead)
        return m_text->setText(tr("Looking for an index…"));
    QStringList parts{m_indexes};
    if (!m_indexes.isEmpty() && index)
        parts.append(index->isEmpty() ? tr("not used by the last search") : m_isOnlyOne ? tr("used by the last search") : tr("%1 was used by the last search").arg(*index));
    if (!m_recall.isEmpty())
        parts.append(m_recall);
    parts.removeAll(QString());
    m_text->setText(parts.isEmpty() ? tr("No index: every search reads all vectors.") : parts.join(u"  ·  "_s));
}

void IndexStrip::read()
{
    onResult(m_context.pool->read([column = m_column](Connection &connection) { return readVectorIndexes(connection, column); }, m_stop.get_token()), this,
             [this](const Result<std::vector<VectorIndex>> &indexes) {
                 if (indexes)
                     show(*indexes);
                 else
                     emit failed(indexes.error());
             });
}

void IndexStrip::show(const std::vector<VectorIndex> &indexes)
{
    QStringList parts;
    for (const VectorIndex &index : indexes) {
        QString text = u"%1 (%2%3), %4"_s.arg(index.name, index.method, index.options.isEmpty() ? QString() : u", "_s + index.options, QLocale().formattedDataSize(index.sizeBytes));
        if (!index.isValid)
            text += tr(", not valid");
        parts.append(text);
    }
    m_indexes = parts.join(u'\n');
    m_isOnlyOne = parts.size() == 1;
    m_isRead = true;
    m_measure->setVisible(!indexes.empty());
    setUsed(m_used);
}

bool IndexStrip::isRefused()
{
    const QString no = writeRefusal(m_context);
    if (!no.isEmpty())
        emit failed({ErrorCode::ReadOnly, no, {}, -1});
    return !no.isEmpty();
}

void IndexStrip::askForIndex()
{
    if (isRefused())
        return;
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"createIndexDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Create index"));
    auto *name = new QLineEdit(u"idx_%1_%2_hnsw"_s.arg(m_column.table, m_column.column), dialog);
    name->setObjectName(u"vectorIndexName"_s);
    auto *m = new QSpinBox(dialog);
    m->setObjectName(u"vectorIndexM"_s);
    m->setRange(2, 100);
    m->setValue(16);
    auto *construction = new QSpinBox(dialog);
    construction->setObjectName(u"vectorIndexEfConstruction"_s);
    construction->setRange(4, 1000);
    construction->setValue(64);
    auto *sql = new QLabel(dialog);
    sql->setObjectName(u"createIndexSql"_s);
    sql->setFont(fixedFont());
    sql->setWordWrap(true);
    sql->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const auto metric = m_options.metric.value_or(m_column.metric);
    const auto preview = [=, this] { sql->setText(createIndexStatement(m_column, name->text(), metric, m->value(), construction->value())); };
    auto *form = new QFormLayout;
    form->addRow(tr("&Name"), name);
    form->addRow(tr("&m: neighbours a vector keeps"), m);
    form->addRow(tr("&ef_construction: how hard they are looked for"), construction);
    auto *buttons = new QDialogButtonBox(dialog);
    QPushButton *make = buttons->addButton(tr("Create index"), QDialogButtonBox::AcceptRole);
    make->setObjectName(u"confirmCreateIndex"_s);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    auto *layout = new QVBoxLayout(dialog);
    layout->setSpacing(metrics::space3);
    layout->addWidget(new QLabel(tr("The table stays readable and writable while the index is made. Searches become approximate and fast."), dialog));
    layout->addLayout(form);
    layout->addWidget(sql);
    layout->addWidget(buttons);
    preview();
    connect(name, &QLineEdit::textChanged, dialog, preview);
    connect(m, &QSpinBox::valueChanged, dialog, preview);
    connect(construction, &QSpinBox::valueChanged, dialog, preview);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, [=, this] {
        create(name->text(), m->value(), construction->value());
        dialog->accept();
    });
    dialog->open();
}

void IndexStrip::create(const QString &name, int m, int efConstruction)
{
    if (isRefused())
        return;
    m_stop = std::stop_source();
    m_create->setEnabled(false);
    m_task = m_services.tasks.begin(tr("Creating index %1").arg(name), [stop = m_stop]() mutable { stop.request_stop(); });
    m_watch.start();
    const auto job = [column = m_column, name, metric = m_options.metric.value_or(m_column.metric), m, efConstruction](Connection &connection) {
        return createVectorIndex(connection, column, name, metric, m, efConstruction);
    };
    // It may take hours.
    onResult(runOnSessionOfItsOwn(m_context.pool->url(), job, m_stop.get_token()), this, [this, name](const Result<> &made) {
        m_watch.stop();
        m_create->setEnabled(true);
        m_services.tasks.end(std::exchange(m_task, -1));
        m_stop = std::stop_source();
        if (made)
            emit noted(tr("Index %1 is there.").arg(name));
        else if (made.error().code != ErrorCode::Cancelled)
            emit failed(made.error());
        read();
    });
}

void IndexStrip::watch()
{
    onResult(m_context.pool->read([column = m_column](Connection &connection) { return readIndexProgress(connection, column); }), this, [this](const Result<std::optional<IndexProgress>> &progress) {
        if (!progress || !*progress || m_task < 0)
            return;
        const double fraction = (*progress)->fraction;
        m_text->setText(fraction >= 0 ? tr("%1: %2 %").arg((*progress)->phase, QLocale().toString(fraction * 100, 'f', 0)) : (*progress)->phase);
        if (fraction >= 0)
            m_services.tasks.setProgress(m_task, static_cast<qint64>(fraction * 1000), 1000);
    });
}

void IndexStrip::measure()
{
    m_measure->setEnabled(false);
    const int task = m_services.tasks.begin(tr("Measuring recall"), [stop = m_stop]() mutable { stop.request_stop(); });
    const auto job = [catalog = m_context.catalog, profile = m_context.profile, column = m_column, options = m_options, stop = m_stop.get_token()](Connection &connection) {
        VectorStore none{QString()};
        return sampleRecall(connection, *catalog, *profile, none, column, options, sampledQueries, stop);
    };
    onResult(m_context.pool->read(job, m_stop.get_token()), this, [this, task](const Result<RecallSample> &sample) {
        m_services.tasks.end(task);
        m_measure->setEnabled(true);
        if (!sample) {
            if (sample.error().code != ErrorCode::Cancelled)
                emit failed(sample.error());
            return;
        }
        const QLocale locale;
        m_recall = tr("recall %1 % of %2 queries, %3 ms instead of %4 ms").arg(locale.toString(sample->recall * 100, 'f', 1)).arg(sample->queries).arg(locale.toString(sample->indexMs, 'f', 1), locale.toString(sample->exactMs, 'f', 1));
        setUsed(m_used);
    });
}

} // namespace turnstone
