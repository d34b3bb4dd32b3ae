// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transfer/convertdialog.h"

#include "models/core/async.h"
#include "views/transfer/transferprogress.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

template<typename Widget>
Widget *named(Widget *widget, const QString &name, const QString &accessibleName)
{
    widget->setObjectName(name);
    widget->setAccessibleName(accessibleName);
    return widget;
}

ProfileRegistry profiles()
{
    return ProfileRegistry::load(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + u"/profiles"_s);
}

/// Beside the old file, under a name that is free.
QString freeName(const QString &path, const QString &variant)
{
    const QFileInfo file(path);
    const QString ending = file.suffix().isEmpty() ? u"db"_s : file.suffix();
    QString name = file.dir().filePath(u"%1.%2.%3"_s.arg(file.completeBaseName(), variant, ending));
    for (int i = 2; QFileInfo::exists(name); ++i)
        name = file.dir().filePath(u"%1.%2-%3.%4"_s.arg(file.completeBaseName(), variant).arg(i).arg(ending));
    return name;
}

} // namespace

ConvertDialog::ConvertDialog(const PanelServices &services, DatabaseContext context, QWidget *parent) : QDialog(parent), m_services(services), m_context(std::move(context))
{
    setObjectName(u"convertDialog"_s);
    setWindowTitle(tr("Convert to a newer schema"));
    build();
    look();
}

void ConvertDialog::build()
{
    m_about = named(new QLabel(this), u"convertAbout"_s, QString());
    m_about->setWordWrap(true);
    m_about->setText(tr("Copies %1 as it stands, brings the copy to the newer schema and checks that nothing was lost on the way. The old file stays as it is.").arg(QFileInfo(m_context.pool->url().filePath()).fileName()));
    m_variant = named(new QComboBox(this), u"convertVariant"_s, tr("Schema of the new database"));
    m_file = named(new QLineEdit(this), u"convertFile"_s, tr("File of the new database"));
    auto *browse = named(new QPushButton(tr("&Browse…"), this), u"convertBrowse"_s, tr("Choose the file"));
    m_counts = named(new QPlainTextEdit(this), u"convertCounts"_s, tr("What was counted"));
    m_counts->setReadOnly(true);
    m_counts->setPlaceholderText(tr("Rows of the old and of the new database are counted here."));
    m_message = new MessageBar(this);
    m_progress = new TransferProgress(m_services.tasks, this);
    auto *close = named(new QPushButton(tr("&Close"), this), u"convertClose"_s, tr("Close"));
    m_convert = named(new QPushButton(tr("Con&vert"), this), u"convertStart"_s, tr("Convert"));
    m_convert->setDefault(true);
    m_convert->setEnabled(false);
    browse->setAutoDefault(false);
    close->setAutoDefault(false);
    auto *fileRow = new QHBoxLayout;
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(browse);
    auto *form = new QFormLayout;
    form->setSpacing(metrics::space2);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("To"), m_variant);
    form->addRow(tr("New file"), fileRow);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(close);
    buttons->addWidget(m_convert);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::space4, metrics::space4, metrics::space4, metrics::space4);
    layout->setSpacing(metrics::space3);
    layout->addWidget(m_about);
    layout->addLayout(form);
    layout->addWidget(m_progress);
    layout->addWidget(m_message);
    layout->addWidget(m_counts, 1);
    layout->addLayout(buttons);
    resize(scaled(640), scaled(420));
    connect(browse, &QPushButton::clicked, this, &ConvertDialog::chooseFile);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_convert, &QPushButton::clicked, this, &ConvertDialog::convert);
    connect(m_message, &MessageBar::actionTriggered, this, [this] { emit openRequested(m_made); });
    connect(m_variant, &QComboBox::currentTextChanged, this, [this](const QString &variant) { m_file->setText(freeName(m_context.pool->url().filePath(), variant)); });
}

/// What it can be converted to.
void ConvertDialog::look()
{
    onResult(m_context.pool->read([](Connection &connection) { return conversionsOf(connection, profiles()); }, m_progress->stopToken()), this, [this](const Result<QStringList> &variants) {
        if (!variants) {
            m_message->showError(variants.error());
            return;
        }
        m_variant->addItems(*variants);
        m_variant->setCurrentIndex(m_variant->count() - 1);
        m_convert->setEnabled(true);
    });
}

void ConvertDialog::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("New file"), m_file->text(), tr("SQLite databases (*.db *.sqlite *.sqlite3);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
    dialog->open();
}

void ConvertDialog::convert()
{
    const QString target = m_file->text().trimmed();
    if (m_progress->isRunning() || target.isEmpty())
        return;
    m_message->clear();
    m_counts->clear();
    m_convert->setEnabled(false);
    const auto state = m_progress->begin(tr("Converting to %1").arg(QFileInfo(target).fileName()));
    MigrationRunOptions options;
    options.now = QDateTime::currentDateTimeUtc();
    options.stop = m_progress->stopToken();
    options.progress = [state](const MigrationProgress &at) { state->fraction = at.total > 0 ? static_cast<double>(at.done) / static_cast<double>(at.total) : -1; };
    const auto job = [target, variant = m_variant->currentText(), options](Connection &connection) { return convertCopy(connection, profiles(), target, variant, options); };
    onResult(m_context.pool->read(job, options.stop), this, [this](const Result<ConvertedCopy> &copy) { finished(copy); });
}

void ConvertDialog::finished(const Result<ConvertedCopy> &copy)
{
    m_progress->end();
    m_convert->setEnabled(true);
    if (!copy) {
        if (copy.error().code == ErrorCode::Cancelled)
            m_message->showNote(tr("Stopped. Nothing of it was kept."));
        else
            m_message->showError(copy.error());
        return;
    }
    const QLocale locale;
    for (const MigrationCountResult &count : copy->outcome.counts)
        m_counts->appendPlainText(tr("%1: %2 in the old one, %3 in the new one").arg(count.title, locale.toString(count.before), locale.toString(count.after)));
    for (const QString &note : copy->outcome.notes)
        m_counts->appendPlainText(note);
    m_made = copy->path;
    m_message->showNote(tr("%1 has the schema \"%2\".").arg(QFileInfo(copy->path).fileName(), copy->to), tr("Open"));
}

void ConvertDialog::done(int result)
{
    m_progress->stop();
    QDialog::done(result);
}

} // namespace turnstone
